import assert from "node:assert/strict";
import { test } from "node:test";
import { aborting, promoting, verifying } from "../../../events/subscription/pointer.ts";
import { world } from "../../../events/testing.ts";
import { contract } from "../library/counters.ts";
import { build, LIVE, LONG, MODEL, operating, SHADOW, worldWith } from "./counters-world.ts";

test("a rebuild stops at exactly the ends of the log, and equals the live collection although that one has gone on", async () => {
  const slow = { calls: /^documents.write counters__v1r3/, isOver: false };
  const { toys, begin, count, counts, database, rebuild, verdict } = await worldWith(build(), slow);
  for (const id of ["a", "b", "c", "d"]) await count(id, 4);
  await toys.settle();
  await begin();
  await count("a", 3);
  await count("new", 2);
  await toys.settle();
  slow.isOver = true;
  const found = await verdict();
  assert.deepEqual([found.against, found.compared, found.ahead, found.differences, found.first], [LIVE, 5, 2, 0, []]);
  assert.deepEqual(counts(SHADOW), { a: 4, b: 4, c: 4, d: 4 });
  assert.deepEqual(counts(LIVE), { a: 7, b: 4, c: 4, d: 4, new: 2 });
  for (const { topic, partition, end } of rebuild()?.ends ?? [])
    assert.equal(database.positions.get(`${SHADOW}|${topic}|${partition}`), end, "its positions are the ends");
  await toys.stop();
});

test("a later verification goes on to later ends, and a promotion follows the log and takes over", async () => {
  const { toys, begin, count, counts, move, pointer, until, verdict } = await worldWith();
  await count("a", 4);
  await begin();
  await verdict();
  await count("a", 2);
  await move((now, ends) => verifying(now, SHADOW, ends));
  assert.deepEqual([(await verdict()).differences, counts(SHADOW)], [0, { a: 6 }]);
  await count("b", 4);
  await toys.settle();
  assert.deepEqual(counts(SHADOW), { a: 6 }, "it rests until it is wanted");
  await move((now) => promoting(now, SHADOW));
  await until("it is active", () => toys.of().instance.collections.of(MODEL) === SHADOW);
  assert.deepEqual(counts(SHADOW), { a: 6, b: 4 });
  // By then the instance has looked at the pointer.
  await toys.time.run(() => false, 5_000);
  await count("c", 4);
  await toys.settle();
  assert.deepEqual(
    [counts(SHADOW), counts(LIVE)],
    [
      { a: 6, b: 4, c: 4 },
      { a: 6, b: 4, c: 4 },
    ],
    "both are fed, for a step back",
  );
  assert.equal(
    pointer().feeds.some(({ rebuild }) => rebuild),
    false,
  );
  await toys.stop();
});

test("what somebody changed, removed or added by hand is named with its fields and the events that set them", async () => {
  const { toys, begin, count, database, verdict } = await worldWith();
  for (const id of ["a", "b", "c"]) for (let n = 0; n < 3; n++) await count(id);
  await toys.settle();
  const live = database.models.get(LIVE) ?? assert.fail();
  const one = live.get("a") ?? assert.fail();
  live.set("a", { ...one, value: { ...one.value, count: 99 } });
  live.delete("b");
  live.set("x", { ...one, id: "x", stream: "counter/x", version: 1 });
  await begin();
  const { compared, differences, first } = await verdict();
  assert.deepEqual([compared, differences], [4, 3]);
  assert.deepEqual(
    first.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
    [
      { id: "a", stream: "counter/a", versions: [3, 3], fields: [{ field: "count", event: "counter/a@3" }], wrong: [LIVE] },
      {
        ...{ id: "b", stream: "counter/b", versions: [null, 3], wrong: [LIVE] },
        fields: [
          { field: "count", event: "counter/b@3" },
          { field: "full", event: "counter/b@1" },
        ],
      },
      {
        ...{ id: "x", stream: "counter/x", versions: [1, null], wrong: [LIVE] },
        fields: [
          { field: "count", event: null },
          { field: "full", event: null },
        ],
      },
    ],
  );
  await toys.stop();
});

test("a document that is ahead and wrong is found although the live collection has gone on", async () => {
  const slow = { calls: /^documents.write counters__v1r3/, isOver: false };
  const { toys, begin, count, database, verdict } = await worldWith(build(), slow);
  await count("a", 4);
  await toys.settle();
  await begin();
  await count("a", 3);
  await toys.settle();
  const live = database.models.get(LIVE) ?? assert.fail();
  const one = live.get("a") ?? assert.fail();
  live.set("a", { ...one, value: { ...one.value, count: 8 } });
  slow.isOver = true;
  const { differences, first } = await verdict();
  assert.deepEqual(
    [differences, first],
    [1, [{ id: "a", stream: "counter/a", versions: [2, 1], fields: [{ field: "count", event: "counter/a@2" }], wrong: [LIVE] }]],
  );
  await toys.stop();
});

test("a stream whose fold throws is parked for the rebuild alone, without a word on the dead letter topic, and is no difference", async () => {
  const { toys, begin, count, counts, database, verdict } = await worldWith(build((id, before) => id === "bad" && before >= 2));
  for (let n = 0; n < 4; n++) for (const id of ["bad", "good"]) await count(id);
  await toys.settle();
  const dead = () => toys.broker.contents().get("toys.deadLetter.counting")?.flat().length;
  assert.equal(dead(), 2);
  await begin();
  const { differences } = await verdict();
  assert.deepEqual([differences, dead(), counts(SHADOW)], [0, 2, { bad: 2, good: 4 }]);
  assert.equal([...database.parked.values()].filter(({ subscription }) => subscription === SHADOW).length, 2);
  await toys.stop();
});

test("a stream that only the live collection has parked is compared up to the parked event", async () => {
  let isBroken = true;
  const { toys, begin, count, counts, database, move, verdict } = await worldWith(
    build((id, before) => isBroken && id === "bad" && before >= 2),
  );
  for (let n = 0; n < 4; n++) for (const id of ["bad", "good"]) await count(id);
  await toys.settle();
  isBroken = false;
  await begin();
  assert.deepEqual([(await verdict()).differences, counts(SHADOW)], [0, { bad: 4, good: 4 }]);
  const live = database.models.get(LIVE) ?? assert.fail();
  const one = live.get("bad") ?? assert.fail();
  live.set("bad", { ...one, value: { ...one.value, count: 1 } });
  await move((now, ends) => verifying(now, SHADOW, ends));
  const [found] = (await verdict()).first;
  assert.deepEqual([found?.id, found?.wrong], ["bad", [LIVE]]);
  await toys.stop();
});

test("a rebuild knows what was discarded from the live collection", async () => {
  const { toys, begin, count, counts, database, verdict } = await worldWith(build((_, __, by) => by === 3));
  for (const by of [1, 3, 2]) await count("a", by);
  await toys.settle();
  const { parking } = toys.of().ports;
  const [head = assert.fail("nothing is parked")] = await toys.during(parking.of(LIVE, "counter/a", 1));
  await toys.during(parking.ask(head, { action: "discard", by: "operator", reason: "a test", time: "" }));
  toys.of().instance.subscriptions().get(LIVE)?.redrive();
  await toys.settle();
  await begin();
  assert.equal((await verdict()).differences, 0);
  assert.deepEqual([counts(LIVE), counts(SHADOW)], [{ a: 3 }, { a: 3 }]);
  assert.deepEqual(await toys.during(parking.streams(SHADOW)), []);
  assert.equal(
    [...database.parked.values()].filter(({ subscription }) => subscription === SHADOW).length,
    1,
    "it is remembered as discarded",
  );
  await toys.stop();
});

test("a rate is kept", async () => {
  const { toys, begin, count, verdict } = await worldWith();
  for (let n = 0; n < 60; n++) await count(`c-${n}`);
  await toys.settle();
  const began = toys.time.clock.now();
  await begin(5);
  assert.equal((await verdict()).differences, 0);
  const took = toys.time.clock.now() - began;
  assert.ok(took >= 11_000 && took < 20_000, `${took} ms for 60 records at 5 a second`);
  await toys.stop();
});

test("a rebuild with a rate comes to an end without a difference while everything changes all the time", async () => {
  const { toys, begin, count, verdict } = await worldWith();
  for (let n = 0; n < 40; n++) await count(`c-${n}`, 1);
  await begin(20);
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n++) {
      await toys.of().instance.execute({ type: "Count", counterId: `c-${n % 40}`, by: 0 } as never, story); // As above.
      await toys.time.clock.sleep(20);
    }
  })();
  const found = await verdict();
  isOver = true;
  await toys.during(writing);
  assert.deepEqual([found.compared, found.differences], [40, 0]);
  assert.ok(found.ahead > 20, `${found.ahead} were ahead`);
  await toys.stop();
});
const story = {
  ...{ cause: null, row: "story", actor: { userId: "system", ownerPath: "" }, correlationId: "story", causationId: null, actionId: null },
  ...{ traceparent: null, hops: 0 },
};

test("a rebuild that is given up is dropped, and its collection stays away", async () => {
  const slow = { calls: /^documents.write counters__v1r3/, isOver: false };
  const { toys, begin, count, database, move, pointer, until } = await worldWith(build(), slow);
  await count("a", 4);
  await toys.settle();
  await begin();
  await toys.time.run(() => false, 1_000);
  await move((now) => aborting(now, SHADOW, toys.time.clock.now()));
  await toys.time.run(() => false, 1_000);
  slow.isOver = true;
  await until("it is dropped", () => pointer().feeds.length === 1 && pointer().dropped.length === 0);
  await toys.settle();
  assert.deepEqual([...database.models.keys()], [LIVE]);
  assert.deepEqual(
    [...database.positions.keys()].filter((name) => name.startsWith(SHADOW)),
    [],
  );
  await toys.stop();
});

test("a crash at any call of whoever rebuilds, verifies and promotes leaves the live collection untouched or wholly swapped", async () => {
  const during = async (at: number, point: "before" | "after"): Promise<number> => {
    let calls = 0;
    let isArmed = false;
    const toys = await world(contract, [], {
      fate: (_, number, crash) => {
        const dies = async (): Promise<void> => {
          if (number !== 1 || !isArmed || ++calls !== at) return;
          crash();
          await new Promise<never>(() => {});
        };
        const nothing = async (): Promise<void> => {};
        return point === "before" ? { before: dies, after: nothing } : { before: nothing, after: dies };
      },
    });
    await toys.start(build(), 1);
    const { begin, count, counts, database, pointer, rebuild } = operating(toys);
    for (const id of ["a", "b", "c"]) await count(id, 4);
    await toys.settle();
    const before = structuredClone(database.models.get(LIVE));
    await begin();
    isArmed = true;
    let broken = 0;
    const whole = (): boolean => {
      const { active } = pointer();
      return active !== null && database.models.get(active)?.size === 3 && (active === LIVE || rebuild() === undefined);
    };
    const watch = (is: () => boolean) => () => {
      if (!whole()) broken++;
      return is();
    };
    // Another instance takes over after the lease; an operator promotes what is equal.
    await toys.time.run(
      watch(() => Boolean(rebuild()?.verdict)),
      5_000,
    );
    await toys.start(build(), 2);
    // Asks whoever lives, and again, since an instance that dies does not answer.
    const asking = async (): Promise<void> => {
      for (; pointer().active !== SHADOW; await toys.time.clock.sleep(1_000)) {
        const verdict = rebuild()?.verdict;
        if (!verdict) continue;
        assert.deepEqual([verdict.differences, verdict.compared], [0, 3], `crash ${point} call ${at}`);
        void toys.of().instance.readModels.change(MODEL, (now) => promoting(now, SHADOW));
      }
    };
    const asked = asking();
    const isOver = watch(() => pointer().active === SHADOW);
    assert.ok(await toys.time.run(isOver, LONG), `crash ${point} call ${at}: no end`);
    await toys.during(asked);
    assert.deepEqual([broken, database.models.get(LIVE), counts(SHADOW)], [0, before, { a: 4, b: 4, c: 4 }], `crash ${point} call ${at}`);
    isArmed = false;
    await toys.stop();
    return calls;
  };
  const calls = await during(0, "before");
  assert.ok(calls > 30, `${calls} calls`);
  for (let at = 1; at <= calls; at++) await during(at, at % 2 === 0 ? "before" : "after");
});
