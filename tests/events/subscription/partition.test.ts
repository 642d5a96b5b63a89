import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { typeOf } from "../../../events/log/record.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { type Fate, kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import type { LogBatch, OutgoingRecord } from "../../../events/ports.ts";
import { seeded, virtualTime } from "../../../events/simulation/time.ts";
import { openPartition, type Partition, type PartitionOptions } from "../../../events/subscription/partition.ts";
import { projector } from "../../../events/subscription/projections.ts";
import { reactor } from "../../../events/subscription/reactions.ts";
import { stop } from "../../../events/subscription/stop.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { catalog, change, changes, type Poison, versions } from "../../world/toys/catalog.ts";

const TOPIC = "pitrix.category";
const SHADOW = "names__shadow";
const released = codec(schemas);

/** A topic of two partitions, and a read model that a test folds from it into a collection of its own choice. */
const fixture = async (records: readonly OutgoingRecord[]) => {
  const time = virtualTime(seeded(1));
  const { clock } = time;
  const log = memoryLogBroker({ clock, partitions: 2 }).connect();
  const database = memoryDatabase();
  const poison: Poison = new Set();
  const { names } = catalog(poison);
  const within = time.during;
  await within(log.publish(records));

  const options = (collection: string, partition: number, fate: Fate = kind): PartitionOptions => {
    const documents = memoryDocuments(database, fate);
    const folding = projector(names, collection, documents, () => {}, contract);
    return {
      open: folding.open,
      selects: (record) => typeOf(record) === "CategoryModified",
      positions: {
        load: () => documents.position(collection, TOPIC, partition),
        save: (next) => documents.savePosition(collection, TOPIC, partition, next),
      },
      ...{ failures: stop(folding), codec: released, clock },
    };
  };
  /** Folds what is on the log now into a collection, as a replay does. Returns how many records an earlier one had done. */
  const replay = async (collection: string, fate: Fate = kind): Promise<number> => {
    const stopping = new AbortController();
    const partitions: Partition[] = [];
    for (const { partition } of await log.ends(TOPIC))
      partitions.push(await openPartition({ topic: TOPIC, partition }, stopping.signal, options(collection, partition, fate)));
    const ranges = (await log.ends(TOPIC)).map(({ partition, offset: to }) => {
      return { topic: TOPIC, partition, from: partitions[partition]?.begin ?? 0, to };
    });
    const handle = async (batch: LogBatch): Promise<number> => (await partitions[batch.partition]?.batch(batch)) ?? batch.next;
    try {
      await log.read(ranges, handle, stopping.signal);
    } finally {
      stopping.abort();
      await Promise.all(partitions.map((one) => one.settled()));
    }
    return ranges.reduce((sum, { from }) => sum + from, 0);
  };
  const shown = (collection: string, id: string): readonly unknown[] => Object(database.models.get(collection)?.get(id)?.value).names ?? [];
  const position = (collection: string): number =>
    [...database.positions].filter(([key]) => key.startsWith(`${collection}|`)).reduce((sum, [, at]) => sum + at, 0);
  return { log, clock, database, poison, within, options, replay, shown, position };
};
const mixed = (): readonly OutgoingRecord[] =>
  [1, 2, 3, 4, 5, 6].flatMap((version) => ["a", "b", "c", "d", "e"].map((id) => change(id, version)));

test("a replay folds the log into a collection of its own, by the projector and the partition of the live read model", async () => {
  const { within, replay, shown, database, position } = await fixture(mixed());
  await within(replay(SHADOW));
  await within(replay("names__v1"));
  assert.deepEqual(shown(SHADOW, "c"), versions(1, 6));
  assert.deepEqual(database.models.get(SHADOW), database.models.get("names__v1"));
  assert.equal(position(SHADOW), 30);
});

test("a replay ends with the first event that its fold cannot take, and goes on from there once it can", async () => {
  const { within, replay, shown, poison, database } = await fixture(mixed());
  poison.add("category/b@4");
  await assert.rejects(within(replay(SHADOW)), /category\/b cannot go on: .*cannot digest category\/b@4/);
  assert.deepEqual(shown(SHADOW, "b"), versions(1, 3), "what comes before it is written");
  assert.equal(database.parked.size, 0);
  poison.clear();
  await within(replay(SHADOW));
  for (const id of ["a", "b", "c", "d", "e"]) assert.deepEqual(shown(SHADOW, id), versions(1, 6));
});

test("a replay that was stopped by an outage goes on from its saved position", async () => {
  const { within, replay, shown, position } = await fixture(mixed());
  let writes = 0;
  const before = async (call: string): Promise<void> => {
    if (call.startsWith("documents.write") && ++writes > 4) throw new Error("the store is away");
  };
  await assert.rejects(within(replay(SHADOW, { before, after: kind.after })), /the store is away/);
  const reached = position(SHADOW);
  assert.ok(reached > 0 && reached < 30, `it got to ${reached}`);
  assert.equal(await within(replay(SHADOW)), reached);
  for (const id of ["a", "b", "c", "d", "e"]) assert.deepEqual(shown(SHADOW, id), versions(1, 6));
});

test("a replay refuses the reactor: nothing is done again for events of long ago", () => {
  const { service } = catalog(new Set());
  const reacting = reactor(service, { execute: () => assert.fail("nothing is carried out") }, contract);
  assert.throws(() => stop(reacting), /reactions cannot be replayed/);
});

/** The first partition alone, with the batches that it holds. */
const first = async (more: Partial<PartitionOptions> = {}, fate: Fate = kind) => {
  const world = await fixture([...changes("a", 1, 6), ...changes("b", 1, 6), ...changes("c", 1, 6)]);
  const batches: LogBatch[] = [];
  const ends = await world.log.ends(TOPIC);
  const to = ends[0]?.offset ?? 0;
  const keep = async (batch: LogBatch): Promise<number> => batches.push(batch) && batch.next;
  await world.within(world.log.read([{ topic: TOPIC, partition: 0, from: 0, to }], keep, new AbortController().signal));
  const assignment = new AbortController();
  const place = { topic: TOPIC, partition: 0 };
  const partition = await world.within(openPartition(place, assignment.signal, { ...world.options(SHADOW, 0, fate), ...more }));
  return { ...world, place, batches, assignment, partition };
};

test("a healthy batch asks whether an event was discarded and whether its stream waits, and nothing more", async () => {
  const asked: string[] = [];
  const { partition, batches, within } = await first({
    failures: async () => ({
      skips: ({ key }) => asked.push(`skips ${key}`) < 0,
      waits: (stream) => asked.push(`waits ${stream}`) < 0,
      failed: async () => assert.fail("nothing has failed"),
    }),
  });
  const [batch] = batches;
  assert.ok(batch);
  assert.equal(await within(partition.batch(batch)), batch.next);
  const streams = [...new Set(batch.records.map(({ key }) => key))];
  assert.deepEqual(asked, [...batch.records.map(({ key }) => `skips ${key}`), ...streams.map((stream) => `waits ${stream}`)]);
});

test("a stream that a former owner parks while a partition is opened waits, or is read again", async () => {
  const stored = { position: 2, parked: new Set<string>() };
  let reads = 0;
  /** The former owner parks, and then saves, between the two reads of who opens the partition, whichever comes first. */
  const read = async () => {
    if (++reads === 2) Object.assign(stored, { position: 5, parked: new Set(["category/a"]) });
    return { ...stored };
  };
  let isWaiting = false;
  const { partition } = await first({
    positions: { load: async () => (await read()).position, save: async () => {} },
    failures: async () => {
      const { parked } = await read();
      isWaiting = parked.has("category/a");
      return { skips: () => false, waits: (stream) => parked.has(stream), failed: async () => {} };
    },
  });
  assert.ok(isWaiting || partition.begin === 2, `it is skipped: reading begins at ${partition.begin}`);
});

test("where another owner wrote in between, a batch returns the position that was saved last", async () => {
  const { partition, batches, within, clock, options, place, shown } = await first();
  const [one, two] = batches;
  assert.ok(one && two);
  await within(partition.batch(one));
  await within(clock.sleep(1_000));
  const other = await within(openPartition(place, new AbortController().signal, options(SHADOW, 0)));
  assert.equal(other.begin, one.next);
  await within(other.batch({ ...two, records: two.records.slice(0, 1) }));
  assert.equal(await within(partition.batch(two)), one.next);
  assert.equal(await within(partition.batch(two)), two.next, "handled again it is done");
  const [last] = two.records.slice(-1);
  assert.ok(last);
  assert.equal(shown(SHADOW, last.key.slice("category/".length)).at(-1), String(Number(last.headers.ce_sequence)));
});

test("work on a partition takes turns, and none begins once the partition is lost; its position is then saved at once", async () => {
  const { partition, batches, within, assignment, position } = await first();
  const [one, two] = batches;
  assert.ok(one && two);
  const order: string[] = [];
  let release = (): void => {};
  const redrive = partition.turn(async () => {
    order.push("a redrive begins");
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    order.push("a redrive ends");
  });
  const batch = partition.batch(one).then(() => order.push("a batch"));
  const lost = partition.batch(two);
  await within(Promise.resolve());
  release();
  await within(Promise.all([redrive, batch]));
  assert.deepEqual(order, ["a redrive begins", "a redrive ends", "a batch"]);
  await within(lost);
  assert.equal(position(SHADOW), 0, "it is saved late");
  assignment.abort();
  await assert.rejects(
    partition.turn(async () => {}),
    /belongs to another instance/,
  );
  await partition.settled();
  assert.equal(position(SHADOW), two.next);
});

test("buffered writes are not counted until they are flushed", async () => {
  let isFar = true;
  const { partition, batches, within, clock, position, shown } = await first({ mayBuffer: () => isFar });
  const [one, two] = batches;
  assert.ok(one && two);
  assert.equal(await within(partition.batch(one)), one.next);
  await within(clock.sleep(1_000));
  assert.deepEqual([position(SHADOW), ["a", "b", "c"].map((id) => shown(SHADOW, id).length)], [0, [0, 0, 0]]);
  isFar = false;
  await within(partition.batch(two));
  await within(clock.sleep(1_000));
  assert.equal(position(SHADOW), two.next);
  assert.equal(
    ["a", "b", "c"].reduce((sum, id) => sum + shown(SHADOW, id).length, 0),
    one.records.length + two.records.length,
  );
});
