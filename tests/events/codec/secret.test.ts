import assert from "node:assert/strict";
import { test } from "node:test";
import avro from "avsc";
import { codec, InvalidEvent } from "../../../events/codec/codec.ts";
import type { ReleasedSchema } from "../../../events/contract.ts";
import { isSealed } from "../../../events/sealed.ts";
import type { RuntimeCredentialModified } from "../../../schemas/generated/events.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { sealedText } from "../../sealed.ts";

const released = codec(schemas);
const modified: RuntimeCredentialModified = {
  type: "RuntimeCredentialModified",
  runtimeCredentialId: "runtimec-1",
  name: "mine",
  description: "",
  sealedContent: sealedText("first"),
};

test("clear text in the place of a secret does not compile", () => {
  // @ts-expect-error: a secret is `Sealed`, which only the edge makes.
  const event: RuntimeCredentialModified = { ...modified, sealedContent: "hunter2" };
  assert.throws(() => released.encode("runtimeCredential", event), InvalidEvent);
});

test("an event whose secret is not sealed is not written, and the complaint does not say the secret", () => {
  for (const sealedContent of ["hunter2", "", "v1.hunter2", `${modified.sealedContent} hunter2`])
    assert.throws(
      () => released.encode("runtimeCredential", { ...modified, ...{ sealedContent } }),
      (error) => error instanceof InvalidEvent && /sealedContent/.test(error.message) && !error.message.includes("hunter2"),
    );
  const { schemaId, bytes } = released.encode("runtimeCredential", modified);
  assert.deepEqual(released.decode(schemaId, bytes), modified);
});

test("sealed text of any length is recognized by its form", () => {
  const long = `${sealedText("long")}${"c".repeat(8 * 1024 * 1024)}`;
  assert.equal(isSealed(long), true);
  for (const text of [`${long}.`, `${long}=`, `${long}\n`, `x${long}`, long.replace("v2", "v3")]) assert.equal(isSealed(text), false);
});

test("a secret that stands deep in an event is not written in clear either", () => {
  const secret = { type: "string", secret: true };
  const part = { type: "record", name: "Part", fields: [{ name: "value", type: secret }] };
  const fields = [
    { name: "one", type: ["null", secret] },
    { name: "list", type: { type: "array", items: part } },
    { name: "map", type: { type: "map", values: secret } },
  ];
  const deep = codec([{ id: 1, aggregate: "thing", event: "Made", schema: { type: "record", name: "Made", fields } }]);
  const good = { type: "Made", one: sealedText("1"), list: [{ value: sealedText("2") }], map: { a: sealedText("3") } };
  const { schemaId, bytes } = deep.encode("thing", good);
  assert.deepEqual(deep.decode(schemaId, bytes), good);
  assert.deepEqual(deep.decode(1, deep.encode("thing", { ...good, ...{ one: null } }).bytes), { ...good, one: null });
  for (const change of [{ one: "hunter2" }, { list: [{ value: "hunter2" }] }, { map: { a: "hunter2" } }, { map: "hunter2" }])
    assert.throws(
      () => deep.encode("thing", { ...good, ...change }),
      (error) => error instanceof InvalidEvent && !error.message.includes("hunter2"),
    );
});

test("bytes that hold a secret in clear are refused by every reader, whichever version of the schema wrote them", () => {
  const versions = schemas.filter(({ event }) => event === "RuntimeCredentialModified");
  assert.ok(versions.length > 1);
  for (const version of versions) {
    const { type: _, ...fields } = modified;
    assert.deepEqual(released.decode(version.id, plain(version).toBuffer(fields)), modified);
    const bytes = plain(version).toBuffer({ ...fields, sealedContent: "hunter2" });
    assert.throws(() => released.decode(version.id, bytes), /not sealed/);
  }
});

test("every field that sounds like a secret says that it is one", () => {
  const newest = new Map(schemas.map((each) => [`${each.aggregate}/${each.event}`, each]));
  const hashes = new Set(["passwordHash", "secretHash", "tokenDigest"]); // Slow one-way hashes, and one of 256 random bits.
  const found: string[] = [];
  const look = (schema: unknown, name: string): void => {
    if (Array.isArray(schema)) for (const branch of schema) look(branch, name);
    else if (schema === "string" && /^sealed|password|secret|privateJwk|credential$|token/i.test(name) && !hashes.has(name))
      found.push(name);
    else if (typeof schema === "object" && schema !== null) {
      const {
        type,
        fields = [],
        items,
        values,
      } = schema as { type: unknown; fields?: { name: string; type: unknown }[]; items?: unknown; values?: unknown };
      for (const field of fields) look(field.type, field.name);
      for (const inner of [items, values]) if (inner !== undefined) look(inner, name);
      if (typeof type === "object") look(type, name);
    }
  };
  for (const { schema } of newest.values()) look(schema, "");
  assert.deepEqual(found, []);
});

const plain = ({ schema }: ReleasedSchema): avro.Type => avro.Type.forSchema(schema as avro.Schema);
