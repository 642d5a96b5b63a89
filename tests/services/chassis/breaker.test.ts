import assert from "node:assert/strict";
import { test } from "node:test";
import { isOutage } from "../../../events/outage.ts";
import { type BreakerState, breakers, TimedOut } from "../../../services/chassis/process/breaker.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { eventually } from "../../eventually.ts";

const failing = () => Promise.reject(new Error("down"));

test("a breaker opens after failures, fails fast, tries once, and closes when that works", async () => {
  const states: BreakerState[] = [];
  const { guard, state, stop } = breakers({ volume: 3, reset: 50, onState: (_, now) => states.push(now) });
  assert.equal(await guard("x", 1_000, async () => "fine"), "fine");
  for (let attempt = 0; attempt < 2; attempt++) await assert.rejects(guard("x", 1_000, failing), /down/);
  assert.equal(state("x"), "open");
  let called = false;
  const attempt = guard("x", 1_000, async () => {
    called = true;
  });
  await assert.rejects(attempt, (error) => isOutage(error));
  assert.equal(called, false);
  assert.equal(await guard("y", 1_000, async () => "others go on"), "others go on");
  await eventually("it is half open", () => state("x") === "half open");
  assert.equal(await guard("x", 1_000, async () => "back"), "back");
  assert.equal(state("x"), "closed");
  assert.deepEqual(states, ["closed", "open", "closed", "half open", "closed"]); // The third is the other breaker's.
  stop();
});

test("few failures are not judged", async () => {
  const { guard, state, stop } = breakers({ volume: 5 });
  for (let attempt = 0; attempt < 3; attempt++) await assert.rejects(guard("x", 1_000, failing));
  assert.equal(state("x"), "closed");
  stop();
});

test("what takes too long is told to stop, and is an outage", async () => {
  const { guard, stop } = breakers();
  let told = false;
  const late = guard("x", 20, (signal) => new Promise<never>(() => signal.addEventListener("abort", () => (told = true))));
  await assert.rejects(late, (error) => error instanceof TimedOut && isOutage(error));
  assert.ok(told);
  stop();
});

test("each breaker's timeout is that of the call", async () => {
  const { guard, stop } = breakers();
  const taking = (milliseconds: number) => async () => {
    await systemClock.sleep(milliseconds);
    return "done";
  };
  await assert.rejects(guard("x", 10, taking(200)), TimedOut);
  assert.equal(await guard("x", 2_000, taking(30)), "done");
  stop();
});

test("attempts are told with their outcome", async () => {
  const told: string[] = [];
  const { guard, stop } = breakers({ onAttempt: (name, outcome) => told.push(`${name} ${outcome}`) });
  await guard("x", 1_000, async () => 1);
  await assert.rejects(guard("x", 1_000, failing));
  assert.deepEqual(told, ["x done", "x failed"]);
  stop();
});

test("the least recently used breakers are forgotten, so that a process has a bounded number", async () => {
  const { guard, state, stop } = breakers({ volume: 1 });
  for (const name of ["x", "y"]) await assert.rejects(guard(name, 1_000, failing), /down/);
  for (let nth = 0; nth < 999; nth++) {
    await guard(`of-many-${nth}`, 1_000, async () => {});
    await assert.rejects(guard("y", 1_000, failing));
  }
  assert.deepEqual([state("x"), state("y")], ["closed", "open"]);
  stop();
});
