import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ProcessExit, ProcessRestart } from "../../../../../services/providers/local/machine.ts";
import { eventually } from "../../../../eventually.ts";
import { aNode, files, freePort, kill, lives, playground, steppedClock } from "./support.ts";

const minute = 60_000;

test("a process that runs is not started again", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const start = () => one.startProcess("cln-1", { cmd: "node program.cjs stay" });
  const [first, second] = await Promise.all([start(), start()]);
  assert.deepEqual(await start(), first);
  assert.deepEqual(second, first);
  await eventually("it runs", () => notes("cln-1").length > 0);
  assert.deepEqual(running(), [first.pid]);
  const process = (await one.describe("cln-1"))?.process;
  assert.equal(process?.status === "running" && process.pid, first.pid);
  await assert.rejects(one.startProcess("cln-1", { cmd: "node program.cjs polite" }), { code: "refused", message: /runs another command/ });
});

test("a start is over once the port accepts connections", async (t) => {
  const one = playground(t).machine();
  const { address } = await one.createNode(aNode("cln-1"));
  const port = await freePort(address);
  const { pid } = await one.startProcess("cln-1", {
    cmd: ["node", "program.cjs", "serve", `${port}`],
    ready: { port, timeoutSeconds: 15 },
  });
  assert.ok(lives(pid));
});

test("a process that does not become ready is an error with its log, and one that cannot be started is not kept", async (t) => {
  const one = playground(t).machine();
  const { address } = await one.createNode(aNode("cln-1"));
  const port = await freePort(address);
  await assert.rejects(one.startProcess("cln-1", { cmd: "node program.cjs fail 3", ready: { port, timeoutSeconds: 0.3 } }), {
    code: "timeout",
    message: /does not stay alive/,
    log: /this went wrong/,
  });
  await one.stopProcess("cln-1", 1);
  await assert.rejects(one.startProcess("cln-1", { cmd: "no-such-program" }), { code: "failed", exitCode: 127 });
  assert.equal((await one.describe("cln-1"))?.process.status, "stopped");
});

test("stopping while it becomes ready ends the wait", async (t) => {
  const { machine, notes } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const start = one.startProcess("cln-1", { cmd: "node program.cjs stay", ready: { port: 1, timeoutSeconds: 60 } });
  const rejected = assert.rejects(start, { code: "failed", message: /stopped before it was ready/ });
  await eventually("it runs", () => notes("cln-1").length > 0);
  await one.stopProcess("cln-1", 5);
  await rejected;
});

test("a stop asks first, then insists; again it changes nothing", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  for (const id of ["polite", "stubborn"]) {
    await one.createNode(aNode(id));
    await one.startProcess(id, { cmd: `node program.cjs ${id}` });
    await eventually("it runs", () => notes(id).length > 0);
  }
  const exits: ProcessExit[] = [];
  one.onExit((exit) => exits.push(exit));
  await Promise.all([one.stopProcess("polite", 20), one.stopProcess("stubborn", 0.3), one.stopProcess("stubborn", 0.3)]);
  await one.stopProcess("polite", 20);
  assert.deepEqual(running(), []);
  for (const id of ["polite", "stubborn"]) {
    assert.deepEqual(notes(id), ["started", "SIGTERM"]);
    assert.deepEqual((await one.describe(id))?.process, { status: "stopped", restarts: 0 });
  }
  assert.deepEqual(exits, []);
});

test("an announced exit is neither reported nor followed by a restart; any other exit is", async (t) => {
  const { machine, notes, running } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  const exits: ProcessExit[] = [];
  one.onExit((exit) => exits.push(exit));
  const start = async (id: string) => {
    const before = notes(id).length;
    const { pid } = await one.startProcess(id, { cmd: "node program.cjs stay" });
    await eventually("it runs", () => notes(id).length > before);
    return pid;
  };
  await Promise.all(["cln-1", "cln-2"].map((id) => one.createNode(aNode(id))));
  const [, other = 0] = [await start("cln-1"), await start("cln-2")];
  await Promise.all([one.announceStop("cln-1"), one.announceStop("cln-1"), one.announceStop("cln-9")]);
  assert.equal((await one.describe("cln-1"))?.process.status, "running");
  await one.runCommand("cln-1", { key: "stop", cmd: "node program.cjs end", timeoutSeconds: 60 });
  await eventually("it is stopped", async () => (await one.describe("cln-1"))?.process.status === "stopped");
  assert.deepEqual([running("cln-1"), exits, clock.waits().includes(500)], [[], [], false]);
  kill(other);
  await eventually("the other exit is reported", () => exits.length === 1);
  assert.equal(exits[0]?.nodeId, "cln-2");
  await one.announceStop("cln-2");
  assert.deepEqual([(await one.describe("cln-2"))?.process.status, clock.waits().includes(500)], ["stopped", false]);
  // A start forgets the announcement.
  kill(await start("cln-1"));
  await eventually("the exit is reported", () => exits.length === 2);
});

test("a start ends a process whose stop was announced, and starts anew", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const { pid } = await one.startProcess("cln-1", { cmd: "node program.cjs stay" });
  await eventually("it runs", () => notes("cln-1").length > 0);
  await one.announceStop("cln-1");
  const next = await one.startProcess("cln-1", { cmd: "node program.cjs stay" });
  assert.notEqual(next.pid, pid);
  assert.deepEqual(running(), [next.pid]);
});

test("a stop reaches grandchildren, also those that left the group", async (t) => {
  const { machine, notes, running } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await one.startProcess("cln-1", { cmd: "node program.cjs family" });
  await eventually("all run", () => notes("cln-1").length === 5);
  assert.equal(running().length, 5);
  await one.stopProcess("cln-1", 0.2);
  assert.deepEqual(running(), []);
});

test("a removed node leaves no process, no file and its address to others", async (t) => {
  const { machine, notes, running, directory } = playground(t);
  const one = machine({ limits: { nodes: 1 } });
  await one.createNode(aNode("cln-1"));
  await one.startProcess("cln-1", { cmd: "node program.cjs family" });
  await eventually("all run", () => notes("cln-1").length === 5);
  await Promise.all([one.removeNode("cln-1"), one.removeNode("cln-1")]);
  assert.deepEqual(running(), []);
  assert.ok(!existsSync(join(directory, "nodes/cln-1")));
  assert.deepEqual(await one.list(), []);
  await one.createNode(aNode("cln-2"));
});

test("what dies is restarted, later and later, and at once again after a minute of life", async (t) => {
  const { machine, running } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  const exits: ProcessExit[] = [];
  const restarts: ProcessRestart[] = [];
  one.onExit((exit) => exits.push(exit));
  one.onRestart((restart) => restarts.push(restart));
  await one.createNode(aNode("cln-1"));
  await one.startProcess("cln-1", { cmd: "node program.cjs once" });
  const dieAndReturn = async () => {
    const before = restarts.length;
    const [pid = 0] = running("cln-1");
    kill(pid);
    await eventually("its restart is due", () => clock.waits().length === 1);
    assert.equal((await one.describe("cln-1"))?.process.status, "restarting");
    const [wait = 0] = clock.waits();
    clock.advance(wait - 1);
    assert.equal(running("cln-1").length, 0);
    clock.advance(2);
    await eventually("it is back", () => restarts.length > before);
    return wait;
  };
  const waits: number[] = [];
  for (let death = 0; death < 8; death++) waits.push(await dieAndReturn());
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  clock.advance(minute);
  assert.equal(await dieAndReturn(), 500);
  assert.deepEqual(
    exits.map(({ signal, restarts }) => [signal, restarts]),
    Array.from({ length: 9 }, (_, index) => ["SIGKILL", index]),
  );
  assert.deepEqual(
    restarts.map(({ restarts }) => restarts),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  const [pid] = running("cln-1");
  assert.equal(restarts.at(-1)?.pid, pid);
});

test("a start or a stop ends the waiting for a restart", async (t) => {
  const { machine, running } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  await one.createNode(aNode("cln-1"));
  const { pid } = await one.startProcess("cln-1", { cmd: "node program.cjs once" });
  kill(pid);
  await eventually("its restart is due", () => clock.waits().length === 1);
  const again = await one.startProcess("cln-1", { cmd: "node program.cjs once" });
  assert.deepEqual([running(), clock.waits()], [[again.pid], []]);
  kill(again.pid);
  await eventually("its restart is due", () => clock.waits().length === 1);
  await one.stopProcess("cln-1", 1);
  assert.deepEqual([running(), clock.waits()], [[], []]);
});

test("what a dead process left behind is ended before its restart", async (t) => {
  const { machine, notes, running } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  await one.createNode(aNode("cln-1"));
  const { pid } = await one.startProcess("cln-1", { cmd: "node program.cjs family" });
  await eventually("all run", () => notes("cln-1").length === 5);
  kill(pid);
  await eventually("its restart is due", () => clock.waits().includes(500));
  assert.deepEqual(running(), []);
});

test("children without the node's environment end with their process, be it stopped or dead", async (t) => {
  const { machine, notes } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  await one.createNode(aNode("cln-1"));
  const start = async (starts: number) => {
    const { pid } = await one.startProcess("cln-1", { cmd: "node program.cjs nameless" });
    await eventually("its child runs", () => notes("cln-1").length === starts);
    const child = Number(notes("cln-1").at(-1));
    t.after(() => kill(child));
    assert.ok(lives(child));
    return { pid, child };
  };
  const stopped = await start(1);
  await one.stopProcess("cln-1", 5);
  assert.ok(!lives(stopped.child));
  const dead = await start(2);
  kill(dead.pid);
  await eventually("its restart is due", () => clock.waits().includes(500));
  assert.ok(!lives(dead.child));
});

test("metadata reaches the process once for each change", async (t) => {
  const { machine, notes, directory } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await one.writeMetadata("cln-1", { peers: [], port: 1 });
  await one.startProcess("cln-1", { cmd: "node program.cjs reload" });
  await one.writeMetadata("cln-1", { port: 1, peers: [] });
  await one.writeMetadata("cln-1", { port: 2, peers: [] });
  await one.writeMetadata("cln-1", { peers: [], port: 2 });
  await eventually("it was told", () => notes("cln-1").length === 2);
  await one.writeMetadata("cln-1", { port: 3 });
  await eventually("it was told again", () => notes("cln-1").length === 3);
  assert.deepEqual(notes("cln-1"), ["started", 'SIGHUP {"port":2,"peers":[]}', 'SIGHUP {"port":3}']);
  assert.deepEqual(JSON.parse(readFileSync(join(directory, "nodes/cln-1/metadata.json"), "utf8")), { port: 3 });
});

test("metadata that was written but not told, because we ended between, is told by the repetition", async (t) => {
  const { machine, notes, directory } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await one.startProcess("cln-1", { cmd: "node program.cjs reload" });
  writeFileSync(join(directory, "nodes/cln-1/metadata.json"), JSON.stringify({ port: 1 }));
  for (let again = 0; again < 2; again++) await one.writeMetadata("cln-1", { port: 1 });
  await eventually("it was told", () => notes("cln-1").length === 2);
  await one.stopProcess("cln-1", 5);
  assert.deepEqual(notes("cln-1"), ["started", 'SIGHUP {"port":1}']);
});

test("a process that does not handle SIGHUP survives new metadata", async (t) => {
  const { machine, notes } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  await one.createNode(aNode("cln-1"));
  const { pid } = await one.startProcess("cln-1", { cmd: "sleep 60" });
  clock.advance(minute);
  await one.writeMetadata("cln-1", { port: 1 });
  assert.ok(lives(pid));
  assert.deepEqual(notes("cln-1"), []);
});

test("metadata has a bound", async (t) => {
  const one = playground(t).machine({ limits: { metadataBytes: 100 } });
  await one.createNode(aNode("cln-1"));
  await assert.rejects(one.writeMetadata("cln-1", { text: "x".repeat(100) }), { code: "refused" });
});

test("a process goes on with its old files until it is started anew", async (t) => {
  const { machine } = playground(t);
  const one = machine();
  const say = (text: string) => files({ "say.sh": `#!/bin/sh\necho ${text}\nexec sleep 60\n` });
  await one.createNode(aNode("cln-1", { files: say("old") }));
  const start = () => one.startProcess("cln-1", { cmd: "./say.sh" });
  const { pid } = await start();
  await eventually("it speaks", async () => (await one.logs("cln-1", "process", 100)) === "old\n");
  await one.replaceFiles("cln-1", say("new"));
  assert.ok(lives(pid));
  await one.stopProcess("cln-1", 5);
  await start();
  await eventually("it speaks", async () => (await one.logs("cln-1", "process", 100)) === "old\nnew\n");
});

test("logs stay after a stop and move aside when they have grown", async (t) => {
  const { machine, directory } = playground(t);
  const one = machine();
  await one.createNode(aNode("cln-1"));
  const path = join(directory, "nodes/cln-1/logs/process.log");
  const print = async (text: string) => {
    await one.startProcess("cln-1", { cmd: ["sh", "-c", `echo '${text}'; exec sleep 60`] });
    await eventually("it has printed", async () => (await one.logs("cln-1", "process", 100)).endsWith(`${text}\n`));
    await one.stopProcess("cln-1", 5);
  };
  await print("first");
  assert.equal(await one.logs("cln-1", "process", 100), "first\n");
  truncateSync(path, 10 * 1024 * 1024);
  await print("sécond");
  assert.equal(statSync(path).size, Buffer.byteLength("sécond\n"));
  assert.equal(statSync(`${path}.1`).size, 10 * 1024 * 1024);
  assert.equal(await one.logs("cln-1", "process", 6), "cond\n");
  assert.equal(await one.logs("cln-1", "process", 10), "\0\0sécond\n");
});

test("ending everything leaves nothing running, and the nodes there", async (t) => {
  const { machine, running, notes } = playground(t);
  const one = machine();
  for (const id of ["cln-1", "cln-2"]) {
    await one.createNode(aNode(id));
    await one.startProcess(id, { cmd: "node program.cjs stay" });
  }
  const command = one.runCommand("cln-1", { key: "a", cmd: "node program.cjs child", timeoutSeconds: 60 });
  const rejected = assert.rejects(command, { code: "closed" });
  await eventually("all run", () => notes("cln-1").includes("grandchild"));
  await one.closeAndStopAll();
  await rejected;
  assert.deepEqual(running(), []);
  const next = machine();
  assert.deepEqual(
    (await next.adopt()).map(({ process }) => process.status),
    ["stopped", "stopped"],
  );
});

test("a stranger's process is never touched", async (t) => {
  const { machine } = playground(t);
  const stranger = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  t.after(() => kill(stranger.pid ?? 0));
  const one = machine();
  await one.createNode(aNode("cln-1"));
  await one.startProcess("cln-1", { cmd: "node program.cjs stay" });
  await one.removeNode("cln-1");
  assert.ok(lives(stranger.pid ?? 0));
});
