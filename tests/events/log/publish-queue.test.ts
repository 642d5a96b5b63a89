import assert from "node:assert/strict";
import { test } from "node:test";
import { partitionOf } from "../../../events/log/partition.ts";
import { publishQueue, type Slice } from "../../../events/log/publish-queue.ts";
import type { LogEnd, OutgoingRecord } from "../../../events/ports.ts";

const record = (key: string, value: string): OutgoingRecord => ({ topic: "t", key, value: Buffer.from(value), headers: {} });
const valuesOf = (slices: readonly Slice[]): string[] => slices.flatMap(({ records }) => records.map(({ value }) => String(value)));
const outcome = (publishing: Promise<unknown>): Promise<string> =>
  publishing.then(
    () => "stored",
    (error: Error) => error.message,
  );

/** Sends that end when told to. */
const manual = () => {
  const sends: { readonly values: string[]; readonly end: (error?: Error) => void }[] = [];
  const send = (slices: readonly Slice[]) =>
    new Promise<readonly LogEnd[]>((resolve, reject) => {
      sends.push({ values: valuesOf(slices), end: (error) => (error ? reject(error) : resolve([])) });
    });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { sends, send, turn };
};

test("what is published while a send is under way goes together into the next", async () => {
  const { sends, send, turn } = manual();
  const publish = publishQueue({ partitions: async () => 1, send });
  const calls = [publish([record("a", "1")])];
  await turn();
  calls.push(publish([record("a", "2")]), publish([record("b", "3")]));
  await turn();
  assert.deepEqual(
    sends.map(({ values }) => values),
    [["1"]],
  );
  sends[0]?.end();
  await turn();
  assert.deepEqual(sends[1]?.values, ["2", "3"]);
  sends[1]?.end();
  await Promise.all(calls);
});

test("when a send fails, nothing later of its keys overtakes it, and the rest goes on", async () => {
  const { sends, send, turn } = manual();
  const publish = publishQueue({ partitions: async () => 1, send });
  const first = outcome(publish([record("a", "1")]));
  await turn();
  const sameKey = outcome(publish([record("a", "2"), record("b", "3")]));
  const chained = outcome(publish([record("b", "4")]));
  const other = outcome(publish([record("c", "5")]));
  sends[0]?.end(new Error("outage"));
  await turn();
  assert.deepEqual(sends[1]?.values, ["5"]);
  sends[1]?.end();
  assert.deepEqual(await Promise.all([first, sameKey, chained, other]), ["outage", "outage", "outage", "stored"]);
  const again = outcome(publish([record("a", "1"), record("a", "2")]));
  await turn();
  assert.deepEqual(sends[2]?.values, ["1", "2"]);
  sends[2]?.end();
  assert.equal(await again, "stored");
});

test("a send is bounded in records, and in bytes of a partition", async () => {
  const sent: string[][] = [];
  const send = async (slices: readonly Slice[]) => {
    sent.push(valuesOf(slices));
    return [];
  };
  await publishQueue({ partitions: async () => 1, send, sendRecords: 2 })(["1", "2", "3", "4", "5"].map((value) => record("a", value)));
  assert.deepEqual(sent.splice(0), [["1", "2"], ["3", "4"], ["5"]]);
  const text = (size: number) => "x".repeat(size);
  await publishQueue({ partitions: async () => 1, send, partitionBytes: 1_000 })(
    [400, 400, 400, 5_000, 10].map((size) => record("a", text(size))),
  );
  assert.deepEqual(
    sent.map((values) => values.map((value) => value.length)),
    [[400, 400], [400], [5_000], [10]],
  );
});

test("a record too big for the broker fails alone", async () => {
  const send = async (slices: readonly Slice[]) => {
    if (valuesOf(slices).some((value) => value.length > 2_000)) throw new Error("too large");
    return [];
  };
  const publish = publishQueue({ partitions: async () => 1, send, partitionBytes: 1_000 });
  const outcomes = [record("a", "1"), record("b", "x".repeat(5_000)), record("c", "2")].map((one) => outcome(publish([one])));
  assert.deepEqual(await Promise.all(outcomes), ["stored", "too large", "stored"]);
});

test("a topic that is not there fails only who publishes to it", async () => {
  const partitions = async (topic: string) => {
    if (topic === "missing") throw new Error("no topic");
    return 1;
  };
  const publish = publishQueue({ partitions, send: async () => [] });
  const outcomes = [[{ ...record("a", "1"), topic: "missing" }], [record("b", "2")]].map((records) => outcome(publish(records)));
  assert.deepEqual(await Promise.all(outcomes), ["no topic", "stored"]);
});

test("nothing to publish is published at once", async () => {
  await publishQueue({ partitions: async () => 1, send: () => new Promise(() => {}) })([]);
});

test("who publishes is told where the records end in each partition, over several sends, and of no other partition", async () => {
  const lengths = new Map<number, number>();
  const send = async (slices: readonly Slice[]): Promise<readonly LogEnd[]> =>
    slices.map(({ topic, partition, records }) => {
      lengths.set(partition, (lengths.get(partition) ?? 0) + records.length);
      return { topic, partition, end: lengths.get(partition) ?? 0 };
    });
  const publish = publishQueue({ partitions: async () => 2, send, sendRecords: 2 });
  const [first, second] = await Promise.all([
    publish(["1", "2", "3"].map((value) => record("a", value))),
    publish(["4", "5"].map((value) => record("d", value))),
  ]);
  const at = (key: string) => partitionOf(key, 2);
  assert.notEqual(at("a"), at("d"));
  assert.deepEqual(first, [{ topic: "t", partition: at("a"), end: 3 }]);
  assert.deepEqual(second, [{ topic: "t", partition: at("d"), end: 2 }]);
});
