import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "../../../../eventually.ts";
import { aNode, files, lives, playground } from "./support.ts";

const skip = process.getuid?.() === 0 ? false : "only root can run nodes as users of their own";

/** A program of a node: it tries what its arguments name and writes what came of it. */
const spy = `
const fs = require("node:fs");
const { join } = require("node:path");
const { spawn } = require("node:child_process");
const outcome = (work) => { try { return "could: " + String(work()).slice(0, 60); } catch (error) { return error.code; } };
const attempts = {
  read: (path) => fs.readFileSync(path, "latin1"),
  list: (path) => fs.readdirSync(path),
  write: (path) => fs.writeFileSync(path, "spoiled"),
  remove: (path) => fs.rmSync(path),
  link: (path) => { fs.renameSync(path, path + ".away"); fs.symlinkSync("/etc", path); },
  kill: (pid) => process.kill(Number(pid), 0),
  become: (uid) => process.setuid(Number(uid)),
  escape: () => { const { pid } = spawn("sleep", ["60"], { stdio: "ignore", env: {}, detached: true }); return pid; },
};
const asked = JSON.parse(process.argv[2]);
const result = { uid: process.getuid(), groups: process.getgroups(), env: process.env, outcomes: asked.map(([what, on]) => outcome(() => attempts[what](on))) };
fs.writeFileSync(join(process.env.PITRIX_DATA, "result"), JSON.stringify(result));
process.exit(0);
`;

type Asked = readonly (readonly [what: string, on: string | number])[];

/** Nodes of clusters whose programs try things. */
const spies = (t: TestContext) => {
  const { machine, directory, running } = playground(t);
  const one = machine();
  let asks = 0;
  return {
    ...{ machine, one, directory, running },
    make: (nodeId: string, clusterId = `cl-${nodeId}`) =>
      one.createNode(aNode(nodeId, { clusterId, files: files({ "spy.cjs": spy }), env: { SECRET: `of ${nodeId}` } })),
    at: (nodeId: string, ...path: readonly string[]) => join(directory, "nodes", nodeId, ...path),
    tries: async (nodeId: string, asked: Asked) => {
      await one.runCommand(nodeId, { key: `try ${asks++}`, cmd: ["node", "spy.cjs", JSON.stringify(asked)], timeoutSeconds: 30 });
      return JSON.parse(readFileSync(join(directory, "nodes", nodeId, "data/result"), "utf8"));
    },
  };
};

test("a node reads its package and its metadata, and writes its data only", { skip }, async (t) => {
  const { one, make, tries, at } = spies(t);
  await make("cln-1");
  await one.writeMetadata("cln-1", { peers: [] });
  const { uid, groups, outcomes } = await tries("cln-1", [
    ...([
      ["read", at("cln-1", "package/spy.cjs")],
      ["read", at("cln-1", "metadata.json")],
      ["write", at("cln-1", "data/own")],
    ] as const),
    ...([
      ["write", at("cln-1", "package/spy.cjs")],
      ["write", at("cln-1", "metadata.json")],
      ["write", at("cln-1", "new")],
    ] as const),
    ...([
      ["link", at("cln-1", "logs")],
      ["link", at("cln-1", "data")],
      ["link", at("cln-1", "package")],
    ] as const),
    ...([
      ["read", at("cln-1", "node.json")],
      ["list", at("cln-1", "logs")],
      ["become", 0],
    ] as const),
  ]);
  assert.ok(uid >= 1_879_048_192);
  assert.deepEqual(groups, [uid]);
  assert.deepEqual(
    outcomes.slice(0, 3).filter((each: string) => !each.startsWith("could: ")),
    [],
  );
  assert.deepEqual(outcomes.slice(3), [...Array.from({ length: 8 }, () => "EACCES"), "EPERM"]);
  // So it is after an upgrade, and for metadata that changed.
  await one.replaceFiles("cln-1", files({ "spy.cjs": spy, version: "2" }));
  await one.writeMetadata("cln-1", { peers: ["cln-2"] });
  const later = await tries("cln-1", [
    ["read", at("cln-1", "package/version")],
    ["read", at("cln-1", "metadata.json")],
  ]);
  assert.deepEqual(
    later.outcomes.filter((each: string) => !each.startsWith("could: ")),
    [],
  );
});

test("a node sees nothing of another cluster: no file, no process, no environment", { skip }, async (t) => {
  const { one, make, tries, at, directory } = spies(t);
  await make("cln-1");
  await make("cln-2");
  await one.writeMetadata("cln-2", { peers: [] });
  const { pid } = await one.startProcess("cln-2", { cmd: "node program.cjs stay" });
  await eventually("the other one runs", () => existsSync(at("cln-2", "data/notes")));
  const every = readdirSync(at("cln-2"), { recursive: true, encoding: "utf8" }).map((path) => at("cln-2", path));
  assert.ok(every.length > 8);
  const [folders, others] = [true, false].map((wanted) => every.filter((path) => statSync(path).isDirectory() === wanted));
  const { outcomes } = await tries("cln-1", [
    ...(others ?? []).flatMap(
      (path) =>
        [
          ["read", path],
          ["write", path],
        ] as const,
    ),
    ...(folders ?? []).map((path) => ["list", path] as const),
    ...([
      ["list", at("cln-2")],
      ["list", join(directory, "nodes")],
      ["list", directory],
      ["read", join(directory, "users.json")],
    ] as const),
    ...([
      ["read", `/proc/${pid}/environ`],
      ["read", `/proc/${pid}/cwd/spy.cjs`],
      ["list", `/proc/${pid}/fd`],
      ["kill", pid],
    ] as const),
  ]);
  assert.deepEqual([...new Set(outcomes.slice(0, -1))], ["EACCES"]);
  assert.equal(outcomes.at(-1), "EPERM");
  assert.ok(lives(pid));
});

test("a node sees nothing of the platform: no key, no log, no environment of a process, and its own holds no setting", {
  skip,
}, async (t) => {
  const { make, tries, directory } = spies(t);
  const secret = { PITRIX_SEALING_KEYS: "k1:secret", KAFKA_SASL: "secret", MONGODB_URL: "mongodb://secret", PITRIX_LOCAL_TOKEN: "secret" };
  const own = { ...process.env };
  t.after(() => {
    for (const name of Object.keys(secret)) if (own[name] === undefined) delete process.env[name];
    Object.assign(process.env, own);
  });
  Object.assign(process.env, secret);
  // As `make up` leaves it: a closed directory, whatever the modes in it are.
  const state = join(directory, "platform");
  mkdirSync(join(state, "logs"), { recursive: true });
  for (const name of ["secrets.json", "logs/app.log"]) writeFileSync(join(state, name), "secret");
  chmodSync(state, 0o700);
  const service = spawn("sleep", ["60"], { env: { ...process.env, ...secret }, stdio: "ignore" });
  t.after(() => service.kill("SIGKILL"));
  await make("cln-1");
  const { env, outcomes } = await tries("cln-1", [
    ...([
      ["read", join(state, "secrets.json")],
      ["read", join(state, "logs/app.log")],
      ["list", state],
    ] as const),
    ...([
      ["read", `/proc/${process.pid}/environ`],
      ["read", `/proc/${service.pid}/environ`],
      ["list", `/proc/${process.pid}/fd`],
    ] as const),
    ...([
      ["kill", process.pid],
      ["kill", service.pid ?? 0],
    ] as const),
  ]);
  assert.deepEqual(outcomes, [...Array.from({ length: 6 }, () => "EACCES"), "EPERM", "EPERM"]);
  const names = Object.keys(env)
    .filter((name) => /^(PITRIX|KAFKA|MONGODB)_/.test(name))
    .sort();
  assert.deepEqual(names, ["PITRIX_ADDRESS", "PITRIX_DATA", "PITRIX_METADATA", "PITRIX_NODE_ID", "PITRIX_RUN"]);
  assert.ok(!JSON.stringify(env).includes("secret"));
});

test("what hides from the supervisor ends with its node all the same", { skip }, async (t) => {
  const { one, make, tries } = spies(t);
  await make("cln-1");
  const { outcomes } = await tries("cln-1", [["escape", ""]]);
  const pid = Number(String(outcomes[0]).replace("could: ", ""));
  assert.ok(lives(pid));
  await one.removeNode("cln-1");
  assert.ok(!lives(pid));
});

test("nodes that were adopted go on as their users, and so do their restarts and commands", { skip }, async (t) => {
  const { one, machine, make, tries, running, at } = spies(t);
  await make("cln-1");
  const before = await tries("cln-1", []);
  const { pid } = await one.startProcess("cln-1", { cmd: "node program.cjs stay" });
  await one.close();
  const second = machine();
  await second.adopt();
  const uidOf = (of: number) => statSync(`/proc/${of}`).uid;
  assert.equal(uidOf(pid), before.uid);
  process.kill(pid, "SIGKILL");
  await eventually("it runs again", () => running("cln-1").some((each) => each !== pid));
  assert.deepEqual(running("cln-1").map(uidOf), [before.uid]);
  await second.runCommand("cln-1", { key: "k", cmd: ["node", "spy.cjs", "[]"], timeoutSeconds: 30 });
  assert.equal(statSync(at("cln-1", "data/result")).uid, before.uid);
});
