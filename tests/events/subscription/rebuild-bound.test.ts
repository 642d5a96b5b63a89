import assert from "node:assert/strict";
import { test } from "node:test";
import { partitionOf } from "../../../events/log/partition.ts";
import type { RebuildOrder } from "../../../events/ports.ts";
import { promoting, rebuilding, unproved, verifying } from "../../../events/subscription/pointer.ts";
import { world } from "../../../events/testing.ts";
import { moves } from "../../../services/chassis/http/read-model-moves.ts";
import { contract, counters, counting } from "../library/counters.ts";
import { build, LIVE, LONG, operating, SHADOW, worldWith } from "./counters-world.ts";

const placeOf = (id: string): number => partitionOf(`counter/${id}`, 3);
/** A counter in another partition than a. */
const FAR = [..."bdefgh"].find((id) => placeOf(id) !== placeOf("a")) ?? assert.fail("they are all together");

/** Some counters of which somebody has changed two by hand in the live collection. */
const tampered = async () => {
  const all = await worldWith();
  const { toys, count, database } = all;
  for (const id of ["a", FAR, "c"]) for (let n = 0; n < 3; n++) await count(id);
  await toys.settle();
  const live = database.models.get(LIVE) ?? assert.fail();
  const change = (id: string): void => {
    const one = live.get(id) ?? assert.fail();
    live.set(id, { ...one, value: { ...one.value, count: 99 } });
  };
  change("a");
  change(FAR);
  return { ...all, change };
};

test("a rebuild from the store equals the live collection, contains what was published meanwhile, and follows the log once promoted", async () => {
  const slow = { calls: /^documents.write counters__v1r3/, isOver: false };
  const { toys, begin, count, counts, move, until, verdict } = await worldWith(build(), slow);
  for (const id of ["a", "b", "c", "d"]) for (let n = 0; n < 2; n++) await count(id, 2);
  await toys.settle();
  await begin(null, { source: "store" });
  await count("a", 3);
  await count("new", 2);
  await toys.settle();
  slow.isOver = true;
  const { differences, compared } = await verdict();
  assert.deepEqual([differences, compared, counts(LIVE)], [0, 5, { a: 7, b: 4, c: 4, d: 4, new: 2 }]);
  await move((now) => promoting(now, SHADOW));
  await until("it is active", () => toys.of().instance.collections.of("counters") === SHADOW);
  await count("b", 1);
  await toys.settle();
  assert.deepEqual(counts(SHADOW), { a: 7, b: 5, c: 4, d: 4, new: 2 });
  await toys.stop();
});

test("what is not published yet is left to the log", async () => {
  const slow = { calls: /^(log.publish|documents.write counters__v1r3)/, isOver: true };
  const { toys, begin, count, counts, verdict } = await worldWith(build(), slow);
  await count("a", 2);
  await toys.settle();
  slow.isOver = false;
  await count("a", 1);
  await count("b", 1);
  await begin(null, { source: "store" });
  await toys.time.run(() => false, 3_000);
  slow.isOver = true;
  assert.equal((await verdict()).differences, 0);
  assert.equal(counts(SHADOW).b, undefined, "its end is before it");
  await toys.stop();
});

const bounds: readonly (readonly [string, (given: Awaited<ReturnType<typeof tampered>>) => Promise<Partial<RebuildOrder>>])[] = [
  ["streams that are named", async () => ({ bound: { streams: ["counter/a"] } })],
  ["streams that are named, from the store", async () => ({ source: "store", bound: { streams: ["counter/a"] } })],
  ["the streams of a partition", async () => ({ bound: { partitions: [placeOf("a")] } })],
  [
    "streams with an event since then",
    async ({ toys, count, change }) => {
      const { ends } = await toys.during(toys.of().instance.readModels.sources("counters"));
      await count("a");
      await toys.settle();
      change("a");
      return { bound: { since: ends } };
    },
  ],
];
for (const [name, order] of bounds)
  test(`of ${name} all is folded anew; all others are as they are in the live collection`, async () => {
    const given = await tampered();
    const { toys, begin, counts, rebuild, verdict, database, move, count } = given;
    await begin(null, await order(given));
    const { differences, first, compared } = await verdict();
    const made = counts(SHADOW).a;
    assert.deepEqual([differences, compared, first[0]?.id, first[0]?.wrong], [1, 3, "a", [LIVE]]);
    assert.ok(made === 3 || made === 4);
    assert.equal(counts(SHADOW)[FAR], 99);
    for (const { topic, partition, end } of rebuild()?.ends ?? [])
      assert.equal(database.positions.get(`${SHADOW}|${topic}|${partition}`), end, "its positions are the ends");
    // It goes on like any other, with what was folded and what was copied.
    for (const id of ["a", FAR, "c", "new"]) await count(id);
    await move((now, ends) => verifying(now, SHADOW, ends));
    assert.equal((await verdict()).differences, 1);
    const { a, ...others } = counts(SHADOW);
    assert.deepEqual([a, others], [Number(made) + 1, { [FAR]: 100, c: 4, new: 1 }]);
    await toys.stop();
  });

test("a stream that the live collection has parked is folded, whatever the bound: a copy of it would never go on", async () => {
  let isBroken = true;
  const { toys, begin, count, counts, database, verdict } = await worldWith(build((id, before) => isBroken && id === "bad" && before >= 2));
  for (let n = 0; n < 4; n++) for (const id of ["bad", "good"]) await count(id);
  await toys.settle();
  isBroken = false;
  await begin(null, { bound: { streams: ["counter/good"] } });
  assert.equal((await verdict()).differences, 0);
  assert.deepEqual(
    [counts(LIVE), counts(SHADOW)],
    [
      { bad: 2, good: 4 },
      { bad: 4, good: 4 },
    ],
  );
  assert.deepEqual([...new Set([...database.parked.values()].map(({ subscription }) => subscription))], [LIVE]);
  await toys.stop();
});

test("a stream that cannot be folded from the store is folded from the log, where it is parked", async () => {
  const { toys, begin, count, counts, database, verdict } = await worldWith(build((id, before) => id === "bad" && before >= 2));
  for (let n = 0; n < 4; n++) for (const id of ["bad", "good"]) await count(id);
  await toys.settle();
  await begin(null, { source: "store" });
  assert.equal((await verdict()).differences, 0);
  assert.deepEqual(counts(SHADOW), { bad: 2, good: 4 });
  const parked = [...database.parked.values()].filter(({ subscription }) => subscription === SHADOW);
  assert.deepEqual(
    parked.map(({ eventId }) => eventId),
    ["counter/bad@3", "counter/bad@4"],
  );
  await toys.stop();
});

test("what ends before the log is looked at, and never verified again or promoted, not even unverified", async () => {
  const { toys, begin, count, counts, pointer, verdict } = await worldWith();
  await count("a", 2);
  await toys.settle();
  const { ends } = await toys.during(toys.of().instance.readModels.sources("counters"));
  await count("a", 3);
  await count("b", 1);
  await toys.settle();
  await begin(null, { ends, isLook: true });
  assert.equal((await verdict()).differences, 0);
  assert.deepEqual(counts(SHADOW), { a: 2 });
  const asked = { fold: 1, collection: SHADOW, rate: null, generation: null, ends: [], now: 0 };
  const reason = /ends before the log: it is there to be looked at/;
  assert.match(String(unproved(pointer(), SHADOW)), reason);
  for (const unverified of [false, true]) assert.match(String(moves.promote?.(pointer(), { ...asked, unverified })), reason);
  assert.match(String(moves.verify?.(pointer(), { ...asked, unverified: false })), reason);
  await toys.stop();
});

test("differences in fields that may differ are counted apart", async () => {
  const { toys, begin, verdict } = await tampered();
  await begin(null, { mayDiffer: ["count"] });
  const { differences, expected, first } = await verdict();
  assert.deepEqual([differences, expected, first], [0, 2, []]);
  await toys.stop();
});

test("wherever the instance dies that fills and copies, another one ends with the same collection", async () => {
  for (const order of [{ bound: { streams: ["counter/a"] } }, { source: "store", bound: { partitions: [0, 1] } }] as const)
    for (let at = 1, isOver = false; !isOver; at++) {
      let calls = 0;
      let isWatched = false;
      const toys = await world(contract, [], {
        fate: (_service, instance, crash) => ({
          before: async (call) => {
            if (!isWatched || instance !== 1 || !/__v1r3|^store.scan|^documents.scan/.test(call)) return;
            calls++;
            if (calls === at) crash();
          },
          after: async () => {},
        }),
      });
      await toys.start(build(), 1);
      const { begin, count, counts, rebuild } = operating(toys);
      for (const id of ["a", "b", "c"]) for (let n = 0; n < 3; n++) await count(id);
      await toys.settle();
      await begin(null, order);
      isWatched = true;
      await toys.start(build(), 2);
      assert.ok(await toys.time.run(() => Boolean(rebuild()?.verdict), LONG), `call ${at}: no verdict`);
      assert.equal(rebuild()?.verdict?.differences, 0, `call ${at}`);
      assert.deepEqual(counts(SHADOW), { a: 3, b: 3, c: 3 }, `call ${at}`);
      isOver = calls < at;
      await toys.stop();
      assert.ok(at < 100);
    }
});

test("an older build that meets a pending rebuild of a fold that it does not know leaves it alone, and can give it up", async () => {
  const newer = { service: { ...counting, projections: [{ ...counters, version: 2 }] } };
  const slow = { calls: /^documents.write counters__v2r\d+/, isOver: false };
  const { toys, count, database, pointer, until } = await worldWith(newer, slow);
  await count("a", 4);
  await until("the fold is active", () => pointer().active !== null);
  const { readModels } = toys.of().instance;
  const { ends } = await toys.during(readModels.sources("counters"));
  await toys.during(readModels.change("counters", (now) => rebuilding(now, 2, { ends, rate: null })));
  const shadow = pointer().feeds.find(({ rebuild }) => rebuild)?.collection ?? assert.fail("no rebuild");
  toys.of().crash();
  // By then nobody counts on it any more.
  await toys.time.run(() => false, 20_000);
  slow.isOver = true;
  const older = await toys.start(build(), 2);
  await until("it answers from its own fold", () =>
    pointer().feeds.some(({ fold, collection }) => fold === 1 && collection === pointer().active),
  );
  assert.deepEqual(older.instance.healthReasons(), []);
  await count("a", 2);
  await toys.settle();
  assert.deepEqual([...(database.models.get(shadow)?.keys() ?? [])], [], "nobody fills it");
  const feed = pointer().feeds.find(({ collection }) => collection === shadow);
  assert.deepEqual([feed?.fold, feed?.rebuild?.verdict, feed?.until], [2, null, null]);
  const [status] = await toys.during(older.instance.readModels.status("counters"));
  assert.ok(status?.feeds.some(({ collection }) => collection === shadow));
  // Another rebuild, of its own fold, has to wait until somebody gives this one up.
  const asked = { fold: 1, collection: "", rate: null, unverified: false, generation: null, ends, now: toys.time.clock.now() };
  assert.match(String(moves.rebuild?.(pointer(), asked)), /is filled beside .* already: verify, promote or abort it first/);
  await toys.during(older.instance.readModels.change("counters", (now) => moves.abort?.(now, { ...asked, collection: shadow })));
  await until("it is dropped", () => pointer().feeds.every(({ collection }) => collection !== shadow) && pointer().dropped.length === 0);
  await toys.stop();
});
