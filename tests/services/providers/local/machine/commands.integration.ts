import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { CommandLine } from "../../../../../services/providers/local/machine.ts";
import { eventually } from "../../../../eventually.ts";
import { aNode, files, kill, lives, playground } from "./support.ts";

const command = (key: string, cmd: CommandLine, timeoutSeconds = 20) => ({ key, cmd, timeoutSeconds });

test("a command whose key succeeded is not run again, also not by a later machine", async (t) => {
  const { machine, notes } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const init = command("init", "node program.cjs note init");
  await Promise.all([first.runCommand("cln-1", init), first.runCommand("cln-1", init)]);
  await first.runCommand("cln-1", init);
  await first.close();
  const second = machine();
  await second.runCommand("cln-1", init);
  await second.runCommand("cln-1", command("other", "node program.cjs note other"));
  assert.deepEqual(notes("cln-1"), ["init", "other"]);
  assert.deepEqual((await second.describe("cln-1"))?.commands, ["init", "other"]);
});

test("a command that failed tells its code and its last lines, and is run again", async (t) => {
  const { machine } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const failing = command("act/1", "node program.cjs fail 7");
  for (let again = 0; again < 2; again++) {
    await assert.rejects(one.runCommand("cln-1", failing), {
      code: "failed",
      exitCode: 7,
      log: /this went wrong/,
      message: /ended with code 7/,
    });
  }
  assert.equal(await one.logs("cln-1", "act/1", 1000), "this went wrong\nthis went wrong\n");
  assert.equal(await one.logs("cln-1", "act/1", 6), "wrong\n");
  assert.equal(await one.logs("cln-1", "act.1", 1000), "");
});

test("a program that cannot be started has failed: to try again would not help", async (t) => {
  const one = playground(t).machine();
  await one.createNode({ ...aNode("cln-1"), env: { A: "a\0b" } });
  const refused = { code: "failed", exitCode: 127, message: /node cannot be started: .*null bytes/ };
  await assert.rejects(one.runCommand("cln-1", command("init", "node program.cjs note a")), refused);
  await one.createNode(aNode("cln-2"));
  await assert.rejects(one.runCommand("cln-2", command("init", "no-such-program")), { code: "failed", exitCode: 127 });
});

test("commands of a node run one after the other, those of several nodes at once", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  for (const id of ["cln-1", "cln-2"]) await one.createNode(aNode(id));
  const long = one.runCommand("cln-1", command("a", "node program.cjs stay"));
  const next = one.runCommand("cln-1", command("b", "node program.cjs note b"));
  await eventually("the first runs", () => notes("cln-1").length > 0);
  await one.runCommand("cln-2", command("a", "node program.cjs note a"));
  assert.deepEqual(notes("cln-1"), ["started"]);
  for (const pid of running("cln-1")) kill(pid);
  await assert.rejects(long, { code: "failed", signal: "SIGKILL" });
  await next;
  assert.deepEqual(notes("cln-1"), ["started", "b"]);
});

test("a command that takes too long is ended with all that it started", async (t) => {
  const { machine, running } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await assert.rejects(one.runCommand("cln-1", command("slow", "node program.cjs family", 1)), { code: "timeout", message: /within 1 s/ });
  assert.deepEqual(running(), []);
});

test("a program that does not exist is a failure", async (t) => {
  const one = playground(t).machine();
  await one.createNode(aNode("cln-1"));
  await assert.rejects(one.runCommand("cln-1", command("x", "no-such-program a")), {
    code: "failed",
    exitCode: 127,
    message: /no-such-program/,
  });
});

test("what a shell would interpret stays as it is, and a value stays one word", async (t) => {
  const { machine, notes, directory } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await one.runCommand("cln-1", command("a", "node program.cjs note $HOME `id` $(id) ; touch x > y | z && * ~"));
  await one.runCommand("cln-1", command("b", ["node", "program.cjs", "note", "a b; touch x", "'q' \"r\"", "$(touch x)", ""]));
  assert.deepEqual(notes("cln-1"), ["$HOME|`id`|$(id)|;|touch|x|>|y|||z|&&|*|~", "a b; touch x|'q' \"r\"|$(touch x)|"]);
  for (const name of ["x", "y"]) assert.ok(!existsSync(join(directory, "nodes/cln-1/package", name)));
});

test("a command sees its node and nothing of our own environment", async (t) => {
  const { machine, directory } = playground(t);
  const one = machine();
  process.env.PLATFORM_SECRET = "secret";
  t.after(() => delete process.env.PLATFORM_SECRET);
  const { address } = await one.createNode(aNode("cln-1", { env: { COLOR: "blue", PITRIX_NODE_ID: "forged", HOME: "/" } }));
  await one.runCommand("cln-1", command("a", "node program.cjs environment"));
  const root = join(directory, "nodes/cln-1");
  const { env, cwd } = JSON.parse(readFileSync(join(root, "data/environment"), "utf8"));
  const { PATH, PITRIX_RUN, ...rest } = env;
  assert.match(PATH, /\/bin/);
  assert.match(PITRIX_RUN, /^command\//);
  assert.deepEqual(rest, {
    COLOR: "blue",
    HOME: join(root, "data"),
    PITRIX_ADDRESS: address,
    PITRIX_DATA: join(root, "data"),
    PITRIX_METADATA: join(root, "metadata.json"),
    PITRIX_NODE_ID: "cln-1",
    TMPDIR: join(root, "data"),
  });
  assert.ok(cwd.startsWith(join(root, "versions/")));
});

test("a script of the package is run from its directory", async (t) => {
  const { machine } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1", { files: files({ "bin/hello.sh": '#!/bin/sh\necho "hello $1"; ls\n' }) }));
  await one.runCommand("cln-1", command("a", 'bin/hello.sh "you there"'));
  assert.match(await one.logs("cln-1", "a", 1000), /^hello you there\nbin\nprogram\.cjs/);
});

test("a command that a former life left running is ended before it is run again", async (t) => {
  const { machine, notes, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const broken = first.runCommand("cln-1", command("a", "node program.cjs stay"));
  await eventually("it runs", () => notes("cln-1").length === 1);
  const [pid = 0] = running("cln-1");
  const rejected = assert.rejects(broken, { code: "closed" });
  await first.close();
  await rejected;
  assert.ok(lives(pid));
  await machine().runCommand("cln-1", command("a", "node program.cjs note again"));
  assert.ok(!lives(pid));
  assert.deepEqual(notes("cln-1"), ["started", "again"]);
});

test("removing a node ends its commands, also those that wait", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const commands = ["a", "b"].map((key) => one.runCommand("cln-1", command(key, "node program.cjs family")));
  const rejected = commands.map((run) => assert.rejects(run, { code: "unknown" }));
  await eventually("the grandchildren run", () => notes("cln-1").filter((note) => note === "grandchild").length === 2);
  await one.removeNode("cln-1");
  await Promise.all(rejected);
  assert.deepEqual(running(), []);
  assert.equal(await one.describe("cln-1"), undefined);
});
