import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { encodeRecord, writeRecordsAtOnce } from "../../../events/kafka/record-encoder.ts";

const require = createRequire(import.meta.url);
type Encode = (record: object) => { readonly buffer: Buffer };
const place = require.resolve("kafkajs/src/protocol/recordBatch/record/v0");

/** A module of kafkajs, loaded anew, whatever was done in this process before. */
const anew = (path: string): unknown => {
  delete require.cache[path];
  return require(path);
};

test("a record written at once has the bytes that kafkajs writes", () => {
  const before = require.cache[place];
  const byKafkajs = anew(place) as Encode;
  if (before) require.cache[place] = before;
  const headers = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`ce_${index}`, `value ${index} ${"x".repeat(index * 10)}`]));
  const records = [
    { key: "cluster/cl-1", value: Buffer.from("abc"), headers },
    {
      offsetDelta: 300,
      timestampDelta: 5_000_000_000,
      key: "ü",
      value: Buffer.alloc(70_000, 1),
      headers: { ü: "żółć 集群 🚀", empty: "" },
    },
    { key: null, value: null },
    { key: Buffer.from("a"), value: "", headers: { repeated: ["1", "2"], bytes: Buffer.from([0, 255]), none: [] } },
  ];
  for (const record of records)
    assert.ok(encodeRecord(record as never).buffer.equals(byKafkajs(record).buffer), JSON.stringify(record.headers));
});

test("what kafkajs publishes is written at once", async () => {
  writeRecordsAtOnce();
  const produce = anew(require.resolve("kafkajs/src/protocol/requests/produce/v3/request")) as (request: object) => {
    readonly encode: () => Promise<{ readonly buffer: Buffer }>;
  };
  let read = 0;
  const headers = Object.defineProperty({}, "ce_id", {
    enumerable: true,
    get: () => {
      read++;
      return "cluster/cl-1@1";
    },
  });
  const partitions = [{ partition: 0, firstSequence: 0, messages: [{ key: "a", value: "b", headers }] }];
  const { buffer } = await produce({ acks: -1, timeout: 1_000, topicData: [{ topic: "t", partitions }] }).encode();
  assert.ok(buffer.includes("cluster/cl-1@1"));
  // kafkajs itself asks twice.
  assert.equal(read, 1);
});
