// Feeds every sample of the events to your consumer. Needs avsc. Run it: node --test contract.test.mjs
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import avro from "avsc";

/** Call your consumer here. It must take every version, and pass over what it does not know. */
const handle = (_type, _key, _headers, _fields) => {};

const file = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
for (const line of file("samples.jsonl").trim().split("\n")) {
  const { key, headers, value, fields } = JSON.parse(line);
  test(headers.ce_id, () => {
    const bytes = Buffer.from(value, "base64");
    assert.equal(bytes[0], 0);
    const schema = JSON.parse(file(`schemas/${bytes.readUInt32BE(1)}.avsc`));
    const read = avro.Type.forSchema(schema).fromBuffer(bytes.subarray(5));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), fields);
    handle(headers.ce_type, key, headers, read);
  });
}
