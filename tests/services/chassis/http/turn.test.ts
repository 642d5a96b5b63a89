import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { kind, memoryDatabase, memoryStore } from "../../../../events/testing.ts";
import { inTurn } from "../../../../services/chassis/http/turn.ts";

/** A host on memory, whose time passes while somebody sleeps. */
const host = () => {
  let time = 0;
  let lastId = 0;
  const clock = {
    now: () => time,
    random: () => 0.5,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
      await setImmediate();
    },
  };
  const store = memoryStore(memoryDatabase(), kind, clock.now);
  const edge = { random: (length: number) => Buffer.alloc(length, ++lastId) };
  const pass = async (milliseconds: number): Promise<undefined> => {
    for (const until = time + milliseconds; time < until; time += 50) await setImmediate();
  };
  return { ports: { store, clock }, edge, pass };
};

test("a request waits for the turn of one that waits ten seconds for its read models, as during a rollout", async () => {
  const on = host();
  const order: string[] = [];
  const run = (name: string, milliseconds: number) =>
    inTurn(on as never, async () => {
      order.push(`${name} begins`);
      await on.pass(milliseconds);
      order.push(`${name} ends`);
      return undefined;
    });
  assert.deepEqual(await Promise.all([run("first", 10_000), run("second", 0)]), [undefined, undefined]);
  assert.deepEqual(order, ["first begins", "first ends", "second begins", "second ends"]);
});

test("a request that finds no turn is told to come back later", async () => {
  const on = host();
  const run = () => inTurn(on as never, () => on.pass(12_000));
  const problems = await Promise.all([run(), run(), run()]);
  assert.deepEqual(
    problems.flatMap((problem) => problem?.name ?? []),
    ["overloaded"],
  );
});
