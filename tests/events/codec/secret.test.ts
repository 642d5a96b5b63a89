import assert from "node:assert/strict";
import { test } from "node:test";
import avro from "avsc";
import { codec, InvalidEvent } from "../../../events/codec/codec.ts";
import type { ReleasedSchema } from "../../../events/contract.ts";
import { isSealed } from "../../../events/sealed.ts";
import type { RuntimeCredentialModified, UserModified } from "../../../schemas/generated/events.ts";
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

test("what names a person in events of earlier releases is read, and not written again", () => {
  // @ts-expect-error: clear text of a person is not assignable.
  const inClear: Pick<UserModified, "email"> = { email: "planted@example.org" };
  const [former, now] = schemas.filter(({ event }) => event === "UserModified");
  assert.ok(former && now);
  const fields = { userId: "usr-1", username: "planted", email: inClear.email, phoneNumber: "1", description: "d" };
  const event = { type: "UserModified", ...fields, person: null, emailDigest: "" };
  assert.deepEqual(released.decode(former.id, plain(former).toBuffer(fields)), event);
  const empty = { username: "", email: "", phoneNumber: "", description: "" };
  for (const name of ["username", "email", "phoneNumber", "description"] as const)
    assert.throws(
      () => released.encode("user", { ...event, ...empty, [name]: "planted" }),
      (error) => error instanceof InvalidEvent && error.message.includes(name) && !error.message.includes("planted"),
    );
  const sealed = { ...event, ...empty, person: sealedText("person") };
  const { schemaId, bytes } = released.encode("user", sealed);
  assert.equal(schemaId, now.id);
  assert.deepEqual(released.decode(schemaId, bytes), sealed);
});

/** Names of text fields that carry no mark, in the newest version of every event. */
const unmarked = (): readonly string[] => {
  const newest = new Map(schemas.map((each) => [`${each.aggregate}/${each.event}`, each]));
  const look = (schema: unknown, name: string): readonly string[] => {
    if (Array.isArray(schema)) return schema.flatMap((branch) => look(branch, name));
    if (schema === "string") return [name];
    if (typeof schema !== "object" || schema === null || "secret" in schema || "personal" in schema) return [];
    const {
      type,
      fields = [],
      items,
      values,
    } = schema as { type: unknown; fields?: { name: string; type: unknown }[]; items?: unknown; values?: unknown };
    const inner = [items, values].flatMap((each) => (each === undefined ? [] : look(each, name)));
    return [...fields.flatMap((field) => look(field.type, field.name)), ...inner, ...(typeof type === "object" ? look(type, name) : [])];
  };
  return [...newest.values()].flatMap(({ schema }) => look(schema, ""));
};

test("every field that sounds like a secret says that it is one", () => {
  const hashes = new Set(["passwordHash", "secretHash", "tokenDigest"]); // Slow one-way hashes, and one of 256 random bits.
  const sounding = /^sealed|password|secret|privateJwk|credential$|token/i;
  assert.deepEqual(
    unmarked().filter((name) => sounding.test(name) && !hashes.has(name)),
    [],
  );
});

test("every field that sounds like a person is sealed, or says that it is empty", () => {
  const digests = new Set(["emailDigest"]); // A keyed hash.
  const sounding =
    /e-?mail|phone|user_?name|(first|last|full|real|sur|given|family|nick)_?name|(home|postal|street)_?address|birth|contact|^person/i;
  assert.ok(unmarked().includes("emailDigest"));
  assert.deepEqual(
    unmarked().filter((name) => sounding.test(name) && !digests.has(name)),
    [],
  );
});

const plain = ({ schema }: ReleasedSchema): avro.Type => avro.Type.forSchema(schema as avro.Schema);
