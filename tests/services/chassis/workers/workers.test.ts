import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isOutage } from "../../../../events/index.ts";
import { type WorkerLimits, workerPool } from "../../../../services/chassis/process/workers.ts";
import { eventually } from "../../../eventually.ts";
import type { ToyWork } from "./toy.ts";

const poolFor = (t: TestContext, limits?: Partial<WorkerLimits>) => {
  const pool = workerPool<ToyWork>(new URL("./toy.js", import.meta.url), limits);
  t.after(pool.close);
  return pool;
};
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const pidOf = async ({ call }: ReturnType<typeof poolFor>): Promise<number> => {
  const who = await call("whoAmI", [], "it");
  return "pid" in who ? who.pid : assert.fail(who.refused);
};

test("a worker carries out one call after the other, and has no environment", async (t) => {
  const pool = poolFor(t);
  const given = { bytes: new Uint8Array([1, 2]), text: "a\0b", list: [null, 1.5, true] };
  assert.deepEqual(await pool.call("echo", [given], "it"), given);
  await assert.rejects(pool.call("fail", [], "it"), /TypeError: a bug\n.*toy/);
  const { pid, variables } = Object(await pool.call("whoAmI", [], "it"));
  assert.deepEqual(variables, []);
  assert.equal(await pidOf(pool), pid);
});

test("a call that takes too long is killed and refused, and the next one gets another worker", async (t) => {
  const pool = poolFor(t, { workers: 1, running: 2_000 });
  const pid = await pidOf(pool);
  assert.deepEqual(await pool.call("spin", [], "the package"), { refused: "the package takes more than 2 s to read" });
  assert.notEqual(await pidOf(pool), pid);
  await eventually("the killed worker is gone", () => !isAlive(pid));
});

test("a call that needs too much memory ends its worker only, and is refused", async (t) => {
  const pool = poolFor(t, { heap: 24 });
  assert.deepEqual(await pool.call("grow", [], "the index"), { refused: "the index takes more than 24 MiB of memory to read" });
  assert.equal(await pool.call("echo", ["next"], "it"), "next");
});

test("calls wait for a worker, and at the end of their patience are told to come again", async (t) => {
  const pool = poolFor(t, { workers: 1, waiting: 50 });
  const over = new AbortController();
  const running = pool.call("wait", [], "it", over.signal);
  await assert.rejects(pool.call("echo", [1], "it"), (error) => isOutage(error));
  const left = new AbortController();
  const waiting = pool.call("echo", [2], "it", left.signal);
  left.abort(new Error("left"));
  await assert.rejects(waiting, /left/);
  const next = pool.call("echo", [3], "it");
  over.abort(new Error("over"));
  await assert.rejects(running, /over/);
  assert.equal(await next, 3);
});

test("idle workers end, and so do all with the pool", async (t) => {
  const hasty = poolFor(t, { idle: 1 });
  const idle = await pidOf(hasty);
  await eventually("the idle worker has ended", () => !isAlive(idle));
  const pool = poolFor(t);
  const resting = await pidOf(pool);
  const running = pool.call("wait", [], "it");
  pool.close();
  await assert.rejects(running, (error) => isOutage(error));
  await assert.rejects(pool.call("echo", [1], "it"), (error) => isOutage(error));
  await eventually("all workers have ended", () => !isAlive(resting));
});
