import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pointer } from "../../../events/ports.ts";
import { GRACE } from "../../../events/subscription/pointer.ts";
import { type World, world } from "../../../events/testing.ts";
import { contract, counters, counting } from "../library/counters.ts";

/** A build whose fold of the counters has another version, and keeps what they were named first. */
const build = (version: number, reads: readonly number[] = []) => {
  const projection = { ...counters, version, reads, initialState: { ...counters.initialState, fold: version } };
  return { service: { ...counting, projections: [projection] } };
};
const MODEL = "counters";
const QUICK = 30_000;

const worldWith = async (slow: RegExp = /^$/) => {
  let isSlow = true;
  const toys = await world(contract, [], {
    fate: () => ({
      before: async (call) => {
        for (; isSlow && slow.test(call); ) await toys.time.clock.sleep(100);
      },
      after: async () => {},
    }),
  });
  const pointer = (): Pointer => toys.databaseOf("counting").pointers.get(MODEL) ?? assert.fail("there is no pointer");
  return {
    toys,
    pointer,
    hasten: (): void => {
      isSlow = false;
    },
    count: (counterId: string, by: number) => toys.send("counting", { type: "Count", counterId, by } as never), // The world knows no service's commands.
    until: async (what: string, is: () => boolean, milliseconds = QUICK) =>
      assert.ok(await toys.time.run(is, milliseconds), `this never came true: ${what}`),
    /** What a query of an instance reads. */
    read: async (one: Awaited<ReturnType<World["start"]>>) => {
      const collection = await one.instance.collections.of(MODEL);
      const found = toys.databaseOf("counting").models.get(collection)?.values() ?? [];
      return { collection, counts: Object.fromEntries([...found].map(({ id, value }) => [id, value.count])) };
    },
  };
};

test("a build that can read the old fold is ready at once, and answers from the new one only when all is in it", async () => {
  const { toys, pointer, hasten, count, until, read } = await worldWith(/^documents.write counters__v2/);
  const before = await toys.start(build(1), 1);
  for (const id of ["a", "b", "c"]) await count(id, 4);
  await toys.settle();
  await before.stop();
  const after = await toys.start(build(2, [1]), 2);
  assert.deepEqual(after.instance.healthReasons(), []);
  await toys.settle();
  assert.deepEqual(await read(after), { collection: "counters__v1", counts: { a: 4, b: 4, c: 4 } });
  hasten();
  await until("the new fold is active", () => pointer().active === "counters__v2r3");
  await until("the instance follows", () => after.instance.collections.of(MODEL) === "counters__v2r3");
  assert.deepEqual(await read(after), { collection: "counters__v2r3", counts: { a: 4, b: 4, c: 4 } });
  await after.stop();
});

test("a build that cannot read the old fold is not ready before its own is filled", async () => {
  const { toys, pointer, hasten, count, until, read } = await worldWith(/^documents.write counters__v2/);
  const before = await toys.start(build(1), 1);
  await count("a", 4);
  await toys.settle();
  await before.stop();
  const after = await toys.start(build(2), 2);
  assert.match(after.instance.healthReasons().join(), /counters answers from its fold 1, which this build cannot read/);
  await assert.rejects(read(after), /counters is being filled/);
  hasten();
  await until("it is ready", () => after.instance.healthReasons().length === 0);
  assert.equal(pointer().active, "counters__v2r3");
  assert.deepEqual((await read(after)).counts, { a: 4 });
  await after.stop();
});

test("the pointer stays while an instance lives that cannot read the new fold, and both collections get what happens", async () => {
  const { toys, pointer, count, until, read } = await worldWith();
  const older = await toys.start(build(1), 1);
  await count("a", 4);
  const newer = await toys.start(build(2, [1]), 2);
  await count("b", 4);
  await toys.settle();
  assert.deepEqual([pointer().active, pointer().next], ["counters__v1", "counters__v2r3"]);
  assert.deepEqual(await read(older), await read(newer));
  // Both have looked at the pointers meanwhile.
  await count("c", 4);
  await toys.settle();
  assert.deepEqual((await read(older)).counts, { a: 4, b: 4, c: 4 });
  await older.stop();
  await until("the new fold is active", () => newer.instance.collections.of(MODEL) === "counters__v2r3");
  assert.deepEqual((await read(newer)).counts, { a: 4, b: 4, c: 4 });
  await newer.stop();
});

test("a collection is dropped only after everybody has stopped filling it", async () => {
  let isSlow = false;
  const toys = await world(contract, [], {
    fate: (_, number) => ({
      before: async (call) => {
        if (number === 1 && isSlow && call === "documents.pointers") await toys.time.clock.sleep(10_000);
      },
      after: async () => {},
    }),
  });
  const database = toys.databaseOf("counting");
  const send = (counterId: string) => toys.send("counting", { type: "Count", counterId, by: 4 } as never); // As above.
  await toys.start(build(1, [2]), 1);
  await send("a");
  await toys.start(build(2, [1]), 2);
  assert.ok(await toys.time.run(() => database.pointers.get(MODEL)?.active === "counters__v2r3", QUICK));
  assert.ok(await toys.time.run(() => (database.pointers.get(MODEL)?.feeds.at(0)?.until ?? 0) - toys.time.clock.now() < 1_000, 2 * GRACE));
  isSlow = true;
  assert.ok(await toys.time.run(() => database.pointers.get(MODEL)?.dropped.length === 1, QUICK));
  for (let n = 0; n < 100; n++) await send(`late-${n}`);
  assert.ok(await toys.time.run(() => database.pointers.get(MODEL)?.dropped.length === 0, QUICK));
  for (let n = 0; n < 100; n++) await send(`later-${n}`);
  await toys.settle();
  assert.deepEqual([...database.models.keys()], ["counters__v2r3"]);
  await toys.stop();
});

test("an instance that ended without a word holds the pointer back only for a while", async () => {
  const { toys, pointer, count, until } = await worldWith();
  const older = await toys.start(build(1), 1);
  await count("a", 4);
  await toys.settle();
  older.crash();
  const newer = await toys.start(build(2, [1]), 2);
  await until("the new fold is active", () => pointer().active === "counters__v2r3");
  await newer.stop();
});

test("a step back to the older build catches up first, and what nobody needs is dropped after the grace", async () => {
  const { toys, pointer, count, until, read } = await worldWith();
  const older = await toys.start(build(1), 1);
  await count("a", 4);
  await toys.settle();
  await older.stop();
  const newer = await toys.start(build(2), 2);
  await count("b", 4);
  await toys.settle();
  await newer.stop();
  const back = await toys.start(build(1), 3);
  await until("the old fold is active again", () => pointer().active === "counters__v1");
  assert.deepEqual(await read(back), { collection: "counters__v1", counts: { a: 4, b: 4 } });
  const database = toys.databaseOf("counting");
  await until("the new fold is dropped", () => !database.models.has("counters__v2r3"), 2 * GRACE);
  assert.deepEqual(
    [...database.positions.keys()].filter((name) => name.startsWith("counters__v2")),
    [],
  );
  await until("the pointer is clean", () => pointer().feeds.length === 1 && pointer().dropped.length === 0);
  assert.deepEqual((await read(back)).counts, { a: 4, b: 4 });
  await back.stop();
});

test("a crash at any call of the build that brings the new fold leaves the old one or the new one active, whole", async () => {
  const during = async (at: number, point: "before" | "after"): Promise<number> => {
    let calls = 0;
    const toys = await world(contract, [], {
      fate: (_, number, crash) => {
        const dies = async (): Promise<void> => {
          if (number === 2 && ++calls === at) crash();
          if (number === 2 && calls === at) await new Promise<never>(() => {});
        };
        const nothing = async (): Promise<void> => {};
        return point === "before" ? { before: dies, after: nothing } : { before: nothing, after: dies };
      },
    });
    const database = toys.databaseOf("counting");
    const send = (counterId: string) => toys.send("counting", { type: "Count", counterId, by: 4 } as never); // As above.
    const older = await toys.start(build(1), 1);
    for (const id of ["a", "b", "c"]) await send(id);
    await toys.settle();
    await older.stop();
    void toys.start(build(2, [1]), 2).catch(() => {});
    // What queries read is whole at every moment.
    const isWhole = (): boolean => database.models.get(database.pointers.get(MODEL)?.active ?? "")?.size === 3;
    let broken = 0;
    await toys.time.run(() => {
      if (!isWhole()) broken++;
      return false;
    }, 70_000);
    const last = await toys.start(build(2, [1]), 3);
    assert.ok(await toys.time.run(() => database.pointers.get(MODEL)?.active === "counters__v2r3", QUICK));
    assert.deepEqual([broken, isWhole(), last.instance.healthReasons()], [0, true, []], `crash ${point} call ${at}`);
    await toys.stop();
    return calls;
  };
  const calls = await during(0, "before");
  assert.ok(calls > 60, `${calls} calls`);
  for (let at = 1; at <= 60; at++) await during(at, at % 2 === 0 ? "before" : "after");
});
