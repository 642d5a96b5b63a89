import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { decodeRecord, LazyRecord, readRecordsLazily } from "../../../events/kafka/record-decoder.ts";
import { encodeRecord } from "../../../events/kafka/record-encoder.ts";

const require = createRequire(import.meta.url);
type Decoder = { readonly buffer: Buffer; readonly readVarIntBytes: () => Buffer };
const Decoder = require("kafkajs/src/protocol/decoder") as new (buffer: Buffer) => Decoder;
type Decode = (decoder: Decoder, context: object) => LazyRecord;

/** A module of kafkajs, loaded anew, whatever was done in this process before; what is there now stays. */
const anew = (name: string): unknown => {
  const place = require.resolve(name);
  const before = require.cache[place];
  delete require.cache[place];
  const loaded: unknown = require(place);
  if (before) require.cache[place] = before;
  return loaded;
};
const byKafkajs = anew("kafkajs/src/protocol/recordBatch/record/v0/decoder") as Decode;

const context = { firstOffset: "9007199254", firstTimestamp: "1790000000000", magicByte: 2, isControlBatch: false, timestampType: 0 };
/** What follows a record's length. */
const bodyOf = (record: object): Decoder =>
  new Decoder(new Decoder(encodeRecord({ key: "a", value: "b", ...record }).buffer).readVarIntBytes());
const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`ce_${index}`, `value ${index}`]));

test("a record that keeps its bytes says what kafkajs reads", () => {
  const records = [
    {},
    { headers: many, offsetDelta: 300, timestampDelta: 5_000_000_000 },
    { headers: { a: "", ü: "ü" }, timestampDelta: -70_000 },
    { headers: { a: ["1", "2", "3"], b: ["4", "5"], c: "6" }, key: null, value: null },
    { headers: { long: "x".repeat(70_000) }, value: Buffer.alloc(100_000, 1) },
  ];
  const contexts = [context, { ...context, timestampType: 1, maxTimestamp: "1790000000999", isControlBatch: true }];
  for (const record of records)
    for (const hooks of contexts) {
      const expected = byKafkajs(bodyOf(record), hooks);
      const read = decodeRecord(bodyOf(record), hooks);
      for (const field of [
        "attributes",
        "timestamp",
        "offset",
        "key",
        "value",
        "headers",
        "isControlRecord",
        "magicByte",
        "batchContext",
      ] as const)
        assert.deepEqual(read[field], expected[field], field);
      for (const [name, value] of Object.entries(expected.headers)) assert.equal(read.header(name), String([value].flat().at(-1)));
      assert.equal(read.header("none"), undefined);
      assert.deepEqual(Object.keys(read.headers), Object.keys(expected.headers));
    }
});

test("a header may have the name of what every object has", () => {
  const read = decodeRecord(bodyOf({ headers: JSON.parse('{"__proto__":"1","constructor":"2"}') }), context);
  assert.equal(Object.getPrototypeOf(read.headers), Object.prototype);
  assert.deepEqual(Object.entries(read.headers).map(String), ["__proto__,1", "constructor,2"]);
  assert.equal(read.header("__proto__"), "1");
});

test("a record that is cut off is refused", () => {
  const { buffer } = bodyOf({ value: "a value" });
  for (const length of [1, 2, 5, 8]) assert.throws(() => decodeRecord({ buffer: buffer.subarray(0, length) }, context), RangeError);
});

test("headers that are cut off, or have no name, are refused", () => {
  const { buffer } = bodyOf({ headers: { ce_id: "a@1", ce_row: "b" } });
  for (const lost of [1, 2, 5, 9, 12]) {
    const record = decodeRecord({ buffer: buffer.subarray(0, buffer.length - lost) }, context);
    assert.throws(() => record.header("ce_row"), RangeError, `${lost} bytes lost`);
    assert.throws(() => record.headers, RangeError, `${lost} bytes lost`);
  }
  // Attributes, two deltas, no key, no value, one header, whose name has a length of -1.
  const nameless = decodeRecord({ buffer: Buffer.from([0, 0, 0, 1, 1, 2, 1, 0]) }, context);
  assert.throws(() => nameless.header("ce_id"), RangeError);
});

test("what kafkajs reads keeps its bytes", async () => {
  readRecordsLazily();
  const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0") as {
    readonly RecordBatch: (batch: object) => Promise<{ readonly buffer: Buffer }>;
  };
  const readBatch = anew("kafkajs/src/protocol/recordBatch/v0/decoder") as (
    decoder: Decoder,
  ) => Promise<{ readonly records: readonly LazyRecord[] }>;
  const records = ["1", "2"].map((value, offsetDelta) => encodeRecord({ offsetDelta, key: "a", value, headers: { ce_id: `a@${value}` } }));
  const { buffer } = await RecordBatch({ records, firstTimestamp: 1, maxTimestamp: 1, firstSequence: 0 });
  const read = (await readBatch(new Decoder(buffer))).records;
  assert.ok(read.every((record) => record instanceof LazyRecord));
  assert.deepEqual(
    read.map((record) => [record.offset, record.key?.toString(), record.value?.toString(), record.header("ce_id")]),
    [
      ["0", "a", "1", "a@1"],
      ["1", "a", "2", "a@2"],
    ],
  );
});
