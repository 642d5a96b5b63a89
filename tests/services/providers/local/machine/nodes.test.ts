import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addresses } from "../../../../../services/providers/local/machine/addresses.ts";
import { aNode, files, playground } from "./support.ts";

test("a node has its package, an address of its own and a name", async (t) => {
  const { machine, directory } = playground(t);
  const made = await machine().createNode(aNode("cln-1", { files: files({ "conf/deep/a.txt": "A" }) }));
  assert.equal(made.instanceId, "i-cln-1");
  assert.match(made.address, /^127\.\d+\.\d+\.\d+$/);
  assert.doesNotMatch(made.address, /^127\.0\./);
  assert.equal(readFileSync(join(directory, "nodes/cln-1/package/conf/deep/a.txt"), "utf8"), "A");
});

test("a node that is made again stays as it is", async (t) => {
  const { machine, directory } = playground(t);
  const first = machine();
  const made = await Promise.all([first.createNode(aNode("cln-1")), first.createNode(aNode("cln-1"))]);
  await first.replaceFiles("cln-1", files({ version: "2" }));
  await first.close();
  made.push(await machine().createNode(aNode("cln-1", { role: "other" })));
  assert.deepEqual(made, [made[0], made[0], made[0]]);
  assert.ok(existsSync(join(directory, "nodes/cln-1/package/version")));
  assert.equal((await machine().describe("cln-1"))?.role, "web");
});

test("a node that was left half made is completed with the address that it had claimed", async (t) => {
  const { machine, directory } = playground(t);
  const address = await addresses(directory, 9).claim("cln-1");
  mkdirSync(join(directory, "nodes/cln-1/versions/half"), { recursive: true });
  assert.equal(await machine().describe("cln-1"), undefined);
  assert.equal((await machine().createNode(aNode("cln-1"))).address, address);
  assert.deepEqual(readdirSync(join(directory, "nodes/cln-1/versions")).length, 1);
});

test("addresses are deterministic, differ, and are free again after a release", async (t) => {
  const { directory } = playground(t);
  const home = addresses(directory, 1000);
  const ids = Array.from({ length: 60 }, (_, index) => `cln-${index}`);
  const claimed = await Promise.all(ids.map((id) => home.claim(id)));
  assert.equal(new Set(claimed).size, ids.length);
  assert.deepEqual(await Promise.all(ids.map((id) => addresses(directory, 1000).claim(id))), claimed);
  const other = playground(t);
  assert.notDeepEqual(await Promise.all(ids.map((id) => addresses(other.directory, 1000).claim(id))), claimed);
  for (const id of ids) await home.release(id);
  assert.deepEqual(await Promise.all(ids.map((id) => home.claim(id))), claimed);
});

test("an address that is taken is passed over", async (t) => {
  const { directory } = playground(t);
  const home = addresses(directory, 10);
  const first = await home.claim("cln-1");
  await home.release("cln-1");
  symlinkSync("someone-else", join(directory, "addresses", first));
  const second = await home.claim("cln-1");
  assert.notEqual(second, first);
  assert.equal(await home.claim("cln-1"), second);
});

test("more nodes than allowed are refused with the reason, until one goes", async (t) => {
  const machine = playground(t).machine({ limits: { nodes: 2 } });
  const made = await Promise.allSettled(["cln-1", "cln-2", "cln-3"].map((id) => machine.createNode(aNode(id))));
  assert.deepEqual(made.map(({ status }) => status).sort(), ["fulfilled", "fulfilled", "rejected"]);
  await assert.rejects(machine.createNode(aNode("cln-4")), { code: "refused", message: /has 2 nodes, at most 2/ });
  const [one] = await machine.list();
  await machine.removeNode(one?.nodeId ?? "");
  await machine.createNode(aNode("cln-4"));
});

for (const nodeId of ["", "..", "a/b", "a b", "a.b", "ä", "a\n", "x".repeat(200)]) {
  test(`${JSON.stringify(nodeId.slice(0, 20))} is no node id`, async (t) => {
    const { machine, directory } = playground(t);
    const one = machine();
    await assert.rejects(one.createNode(aNode(nodeId)), { code: "refused" });
    await assert.rejects(one.removeNode(nodeId), { code: "refused" });
    assert.deepEqual(readdirSync(directory), []);
  });
}

for (const path of ["../a", "/etc/a", "a/../../b", "a/..", ".", "", "a\0b", "a/"]) {
  test(`${JSON.stringify(path)} is no place for a file`, async (t) => {
    const { machine, directory } = playground(t);
    await assert.rejects(machine().createNode(aNode("cln-1", { files: files({ [path]: "x" }) })), { code: "refused" });
    assert.deepEqual(readdirSync(directory), []);
  });
}

test("packages that contradict themselves or are too big are refused", async (t) => {
  const machine = playground(t).machine({ limits: { packageFiles: 4, packageBytes: 10_000 } });
  const refuse = async (more: Record<string, string>, message: RegExp) =>
    assert.rejects(machine.createNode(aNode("cln-1", { files: files(more) })), { code: "refused", message });
  await refuse({ a: "1", "./a": "2" }, /twice/);
  await refuse({ a: "1", "a/b/c": "2" }, /as a file and as a folder/);
  await refuse({ a: "", b: "", c: "", d: "" }, /5 files, at most 4/);
  await refuse({ a: "x".repeat(10_000) }, /bytes, at most 10000/);
  assert.deepEqual(await machine.list(), []);
});

test("replacing the files switches the whole package, keeps the data, and can be repeated and taken back", async (t) => {
  const { machine, directory } = playground(t);
  const one = machine();
  const at = (path: string) => join(directory, "nodes/cln-1", path);
  await one.createNode(aNode("cln-1", { files: files({ v: "1", old: "" }) }));
  const before = await one.describe("cln-1");
  writeFileSync(at("data/kept"), "kept");
  for (let again = 0; again < 2; again++) await one.replaceFiles("cln-1", files({ v: "2" }));
  assert.equal(readFileSync(at("package/v"), "utf8"), "2");
  assert.ok(!existsSync(at("package/old")));
  await one.replaceFiles("cln-1", files({ v: "3" }));
  assert.equal(readdirSync(at("versions")).length, 2);
  await one.replaceFiles("cln-1", files({ v: "1", old: "" }));
  assert.equal(readFileSync(at("data/kept"), "utf8"), "kept");
  assert.deepEqual(await one.describe("cln-1"), before);
});

test("scripts and binaries of a package can be run, other files cannot", async (t) => {
  const { machine, directory } = playground(t);
  await machine().createNode(aNode("cln-1", { files: files({ "bin/start": "#!/bin/sh\n", "a.conf": "#" }) }));
  const mode = (path: string) => statSync(join(directory, "nodes/cln-1/package", path)).mode & 0o777;
  // As root, the node's group reads what the root owns.
  const group = process.getuid?.() === 0 ? 0o050 : 0;
  assert.equal(mode("bin/start"), 0o700 | group);
  assert.equal(mode("a.conf"), 0o600 | (group & 0o040));
});

test("what concerns an unknown node is an error, but stopping and removing it is already done", async (t) => {
  const machine = playground(t).machine();
  const unknown = { code: "unknown" };
  await assert.rejects(machine.replaceFiles("cln-1", files()), unknown);
  await assert.rejects(machine.writeMetadata("cln-1", {}), unknown);
  await assert.rejects(machine.runCommand("cln-1", { key: "k", cmd: "true", timeoutSeconds: 1 }), unknown);
  await assert.rejects(machine.startProcess("cln-1", { cmd: "true" }), unknown);
  await assert.rejects(machine.logs("cln-1", "process", 10), unknown);
  await machine.stopProcess("cln-1", 1);
  await machine.removeNode("cln-1");
  assert.equal(await machine.describe("cln-1"), undefined);
  assert.deepEqual(await machine.list(), []);
  assert.deepEqual(await machine.adopt(), []);
});

test("a closed machine refuses, and may be closed again", async (t) => {
  const machine = playground(t).machine();
  await machine.createNode(aNode("cln-1"));
  await machine.close();
  await machine.close();
  await machine.closeAndStopAll();
  await assert.rejects(machine.describe("cln-1"), { code: "closed" });
  await assert.rejects(machine.startProcess("cln-1", { cmd: "true" }), { code: "closed" });
});

test("nodes are listed by name, and files that are no nodes are passed over", async (t) => {
  const { machine, directory } = playground(t);
  const one = machine();
  for (const id of ["cln-2", "cln-1"]) await one.createNode(aNode(id));
  writeFileSync(join(directory, "nodes/.stray"), "");
  assert.deepEqual(
    (await one.list()).map(({ nodeId, process }) => [nodeId, process.status]),
    [
      ["cln-1", "stopped"],
      ["cln-2", "stopped"],
    ],
  );
});

test("a removal that was broken off is finished when the machine is back", async (t) => {
  const { machine, directory } = playground(t);
  const first = machine({ limits: { nodes: 1 } });
  await first.createNode(aNode("cln-1"));
  await first.close();
  const record = join(directory, "nodes/cln-1/node.json");
  writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), removing: true }));
  const second = machine({ limits: { nodes: 1 } });
  assert.equal(await second.describe("cln-1"), undefined);
  assert.deepEqual(await second.adopt(), []);
  assert.ok(!existsSync(join(directory, "nodes/cln-1")));
  await second.createNode(aNode("cln-2"));
});

test("a node that is made again after a broken removal is a fresh one", async (t) => {
  const { machine, directory } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  await first.close();
  writeFileSync(join(directory, "nodes/cln-1/data/old"), "");
  const record = join(directory, "nodes/cln-1/node.json");
  writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), removing: true }));
  await machine().createNode(aNode("cln-1"));
  assert.deepEqual(readdirSync(join(directory, "nodes/cln-1/data")), []);
});
