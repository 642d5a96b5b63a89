import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { alive, identify } from "../../../../../services/providers/local/machine/processes.ts";
import type { ProcessExit, ProcessRestart } from "../../../../../services/providers/local/machine.ts";
import { eventually } from "../../../../eventually.ts";
import { aNode, kill, lives, playground, steppedClock } from "./support.ts";

const stay = { cmd: "node program.cjs stay" };

/** Changes what a former life wrote. */
const rewrite = (directory: string, nodeId: string, change: (process: Record<string, unknown>) => object) => {
  const path = join(directory, "nodes", nodeId, "node.json");
  const record = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...record, process: change(record.process) }));
};

test("processes outlive the machine, are adopted by the next one, and are supervised on", async (t) => {
  const { machine, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", stay);
  await first.close();
  assert.ok(lives(pid));

  const clock = steppedClock();
  const second = machine({ clock });
  const exits: ProcessExit[] = [];
  const restarts: ProcessRestart[] = [];
  second.onExit((exit) => exits.push(exit));
  second.onRestart((restart) => restarts.push(restart));
  for (let again = 0; again < 2; again++) {
    const [state] = await second.adopt();
    assert.equal(state?.process.status === "running" && state.process.pid, pid);
  }
  assert.deepEqual(await second.startProcess("cln-1", stay), { pid });
  assert.deepEqual(running(), [pid]);

  kill(pid);
  await eventually("it is gone", () => !lives(pid));
  clock.advance(1000);
  await eventually("its restart is due", () => clock.waits().includes(500));
  assert.deepEqual(exits, [{ nodeId: "cln-1", code: null, signal: null, restarts: 0 }]);
  clock.advance(500);
  await eventually("it is back", () => restarts.length === 1);
  assert.deepEqual(running(), [restarts[0]?.pid]);
});

test("an adopted process is stopped and removed like any other", async (t) => {
  const { machine, notes, running } = playground(t);
  const first = machine();
  for (const id of ["cln-1", "cln-2"]) {
    await first.createNode(aNode(id));
    await first.startProcess(id, { cmd: "node program.cjs family" });
  }
  await eventually("all run", () => notes("cln-1").length === 5 && notes("cln-2").length === 5);
  await first.close();
  const second = machine();
  await second.adopt();
  await second.stopProcess("cln-1", 0.2);
  assert.deepEqual(running("cln-1"), []);
  await second.close();
  await machine().removeNode("cln-2");
  assert.deepEqual(running(), []);
});

test("what died while nobody watched is told of and started again", async (t) => {
  const { machine, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", stay);
  await first.close();
  kill(pid);
  await eventually("it is gone", () => !lives(pid));
  const second = machine();
  const exits: ProcessExit[] = [];
  second.onExit((exit) => exits.push(exit));
  const [state] = await second.adopt();
  assert.deepEqual(running(), [state?.process.status === "running" && state.process.pid]);
  assert.deepEqual(exits, [{ nodeId: "cln-1", code: null, signal: null, restarts: 0 }]);
});

test("a pid that belongs to another process by now is neither adopted nor ended", async (t) => {
  const { machine, directory, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", stay);
  const began = identify(pid)?.startTime;
  await first.close();
  kill(pid);
  await eventually("it is gone", () => !lives(pid));
  // A pid is never given twice within one tick of the clock, which is all that tells the two apart.
  let stranger = 0;
  await eventually("somebody else began at another tick", () => {
    const { pid: other = 0 } = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    t.after(() => kill(other));
    stranger = other;
    return identify(other)?.startTime !== began;
  });
  rewrite(directory, "cln-1", (process) => ({ ...process, identity: { ...Object(process.identity), pid: stranger } }));
  const second = machine();
  const [state] = await second.adopt();
  assert.ok(state?.process.status === "running" && state.process.pid !== stranger);
  assert.deepEqual(running(), [state.process.pid]);
  await second.removeNode("cln-1");
  assert.ok(lives(stranger));
});

test("a process of another boot is not adopted", async (t) => {
  const { machine, directory } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", stay);
  await first.close();
  rewrite(directory, "cln-1", (process) => ({
    ...process,
    run: "process/other",
    identity: { ...Object(process.identity), bootId: "other" },
  }));
  const second = machine();
  const [state] = await second.adopt();
  assert.ok(state?.process.status === "running" && state.process.pid !== pid);
});

test("a process that was started but not yet recorded is found, not started twice", async (t) => {
  const { machine, directory, notes, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", { cmd: "node program.cjs family" });
  await eventually("all run", () => notes("cln-1").length === 5);
  await first.close();
  rewrite(directory, "cln-1", (process) => ({ ...process, identity: null }));
  assert.deepEqual(await machine().startProcess("cln-1", { cmd: "node program.cjs family" }), { pid });
  assert.equal(running().length, 5);
});

test("a stop that was broken off is finished", async (t) => {
  const { machine, directory, running } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  await first.startProcess("cln-1", stay);
  await first.close();
  rewrite(directory, "cln-1", (process) => ({ ...process, wanted: false }));
  const [state] = await machine().adopt();
  assert.equal(state?.process.status, "stopped");
  assert.deepEqual(running(), []);
});

test("an announced stop is remembered: the next life leaves the process running until then, and reports no exit", async (t) => {
  const { machine, running } = playground(t);
  const first = machine();
  await Promise.all(["cln-1", "cln-2"].map((id) => first.createNode(aNode(id))));
  const { pid } = await first.startProcess("cln-1", stay);
  const { pid: other } = await first.startProcess("cln-2", stay);
  await Promise.all([first.announceStop("cln-1"), first.announceStop("cln-2")]);
  await first.close();
  kill(other);
  await eventually("one is gone", () => !lives(other));

  const clock = steppedClock();
  const second = machine({ clock });
  const exits: ProcessExit[] = [];
  second.onExit((exit) => exits.push(exit));
  const statuses = async () => (await second.adopt()).map(({ process }) => process.status);
  assert.deepEqual([await statuses(), running()], [["running", "stopped"], [pid]]);
  kill(pid);
  await eventually("the other is gone, too", () => !lives(pid));
  clock.advance(1000);
  await eventually("it is stopped", async () => (await statuses())[0] === "stopped");
  assert.deepEqual([exits, running()], [[], []]);
});

test("a start in a next life takes over without an adoption before it", async (t) => {
  const { machine } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  const { pid } = await first.startProcess("cln-1", stay);
  await first.close();
  assert.deepEqual(await machine().startProcess("cln-1", stay), { pid });
});

test("a closed machine does not restart what dies", async (t) => {
  const { machine, running } = playground(t);
  const clock = steppedClock();
  const one = machine({ clock });
  const exits: ProcessExit[] = [];
  one.onExit((exit) => exits.push(exit));
  await one.createNode(aNode("cln-1"));
  const { pid } = await one.startProcess("cln-1", stay);
  await one.close();
  kill(pid);
  await eventually("it is gone", () => !lives(pid));
  assert.deepEqual([running(), clock.waits(), exits], [[], [], []]);
});

test("a process that ended but was never reaped counts as dead", async (t) => {
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => parent.kill("SIGKILL"));
  const [line] = await once(parent.stdout, "data");
  const child = identify(Number(String(line)));
  assert.ok(child !== undefined && alive(child));
  // Until then the shell may reap it.
  await eventually("its parent reaps nobody", () => readFileSync(`/proc/${parent.pid}/comm`, "utf8") === "sleep\n");
  kill(child.pid);
  await eventually("it is a zombie", () => / Z /.test(readFileSync(`/proc/${child.pid}/stat`, "utf8")));
  assert.ok(!alive(child));
});
