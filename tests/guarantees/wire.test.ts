import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import avro from "avsc";
import { codec } from "../../events/codec/codec.ts";
import { recordsOf } from "../../events/log/record.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";
import { commitOf } from "../contract/commits.ts";
import { root } from "../root.ts";

const fields = { categoryId: "ctg-1", name: "größe", locale: "", description: "", icon: "" };
const published = () => {
  const event = { type: "CategoryModified", ...fields };
  const events = [codec(schemas).encode("category", event)];
  const [record] = recordsOf(contract, "app", commitOf("category/ctg-1", 3, { events }));
  return record ?? assert.fail("nothing is published");
};

test("a reader with nothing but ids.json and an Avro library reads an event", () => {
  const { value, headers } = published();
  const bytes = Buffer.from(value ?? []);
  const id = bytes.readUInt32BE(1);
  const lock: readonly { readonly id: number; readonly schema: avro.Schema }[] = JSON.parse(
    readFileSync(join(root, "schemas/ids.json"), "utf8"),
  );
  const schema = lock.find((entry) => entry.id === id)?.schema ?? assert.fail(`ids.json has no ${id}`);
  assert.equal(bytes[0], 0);
  assert.equal(headers.ce_dataschema, `/schemas/ids/${id}`);
  assert.deepEqual({ ...avro.Type.forSchema(schema).fromBuffer(bytes.subarray(5)) }, fields);
});

test("the headers are those of a CloudEvent in binary mode", () => {
  const { headers, key } = published();
  const { ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_subject, ce_correlationid } = headers;
  assert.deepEqual(
    [ce_specversion, ce_id, ce_source, ce_type, ce_subject, headers["content-type"], key],
    [
      ...["1.0", "category/ctg-1@3", "/pitrix/app", "pitrix.category.CategoryModified", "category/ctg-1", "application/avro"],
      "category/ctg-1",
    ],
  );
  assert.match(ce_time ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(ce_correlationid, "r-1");
});

test("bytes of an earlier version are read with the schema that wrote them", () => {
  const field = (name: string, more: object = {}) => ({ name, type: "string", ...more });
  const schema = (...fields: readonly object[]) => ({ type: "record", namespace: "pitrix.category", name: "CategoryMoved", fields });
  const released = { aggregate: "category", event: "CategoryMoved" };
  const first = { ...released, id: 1, schema: schema(field("name"), field("place")) };
  const second = { ...released, id: 2, schema: schema(field("name"), field("reason", { default: "none" }), field("place")) };
  const event = { type: "CategoryMoved", name: "a", place: "b" };
  const old = codec([first]).encode("category", event);
  const now = codec([first, second]);
  assert.equal(old.schemaId, 1);
  assert.deepEqual(now.decode(old.schemaId, old.bytes), { type: "CategoryMoved", name: "a", reason: "none", place: "b" });
  assert.throws(() => now.decode(3, old.bytes), /schema id 3 is not known/);
});

test("an event names its schema by a URL, and what is published again with another URL is the same record otherwise", () => {
  const events = [codec(schemas).encode("category", { type: "CategoryModified", ...fields })];
  const commit = commitOf("category/ctg-1", 3, { events });
  const [one, other] = ["https://a.example", "https://b.example/pitrix"].map(
    (registry) => recordsOf({ ...contract, registry }, "app", commit)[0] ?? assert.fail(),
  );
  assert.equal(one?.headers.ce_dataschema, `https://a.example/schemas/ids/${events[0]?.schemaId}`);
  assert.equal(other?.headers.ce_dataschema, `https://b.example/pitrix/schemas/ids/${events[0]?.schemaId}`);
  const without = ({ headers: { ce_dataschema: _, ...headers }, ...record }: NonNullable<typeof one>) => ({ ...record, headers });
  assert.deepEqual(without(one ?? assert.fail()), without(other ?? assert.fail()));
});
