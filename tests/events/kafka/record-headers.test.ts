import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { makeHeadersOnce } from "../../../events/kafka/record-headers.ts";

const require = createRequire(import.meta.url);
const encode = require("kafkajs/src/protocol/recordBatch/record/v0") as (record: object) => { readonly buffer: Buffer };
const Decoder = require("kafkajs/src/protocol/decoder") as new (buffer: Buffer) => { readonly readVarIntBytes: () => Buffer };
const decode = require("kafkajs/src/protocol/recordBatch/record/v0/decoder") as (
  decoder: object,
  batch: object,
) => { readonly value: Buffer; readonly headers: { readonly [name: string]: unknown } };

/** A record as kafkajs writes it, and reads it again. */
const readBack = (headers: object) => {
  const { buffer } = encode({ timestampDelta: 0, offsetDelta: 0, key: "a", value: "b", headers });
  return decode(new Decoder(new Decoder(buffer).readVarIntBytes()), { firstOffset: "0", firstTimestamp: "0" });
};

const textIn = ({ headers }: ReturnType<typeof readBack>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]));

test("headers made once are those that were written, as kafkajs makes them: many, none, empty, and repeated", () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`ce_${index}`, `value ${index}`]));
  const all = [{}, many, { a: "", ü: "ü" }, { a: ["1", "2", "3"], b: ["4", "5"], c: "6" }];
  const before = all.map((headers) => readBack(headers));
  makeHeadersOnce();
  const after = all.map((headers) => readBack(headers));
  // Also where somebody in this process has begun before: then both are ours.
  assert.deepEqual(after.map(textIn), all);
  assert.deepEqual(after, before);
  assert.deepEqual(
    after.map(({ headers }) => Object.keys(headers)),
    before.map(({ headers }) => Object.keys(headers)),
  );
});

test("a header may have the name of what every object has", () => {
  makeHeadersOnce();
  const { headers } = readBack(JSON.parse('{"__proto__":"1","constructor":"2"}'));
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  assert.deepEqual(Object.entries(headers).map(String), ["__proto__,1", "constructor,2"]);
});
