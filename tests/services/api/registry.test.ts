import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { frame } from "../../../events/codec/framing.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { shapeOf } from "../../../services/api/registry/shape.ts";
import { sampleOf } from "../../../services/cli/samples.ts";
import { type GatewayWorld, gatewayWorld } from "../../world/gateway.ts";

let world: GatewayWorld;
before(async () => {
  world = await gatewayWorld();
});
after(() => world.stop());

const subject = "pitrix.cluster-pitrix.cluster.ClusterRequested";
const path = (name: string) => `/subjects/${encodeURIComponent(name)}`;
const json = (body: unknown, authorization?: string, method = "POST"): RequestInit => ({
  method,
  headers: { "content-type": "application/vnd.schemaregistry.v1+json", ...(authorization && { authorization }) },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const withSchema = (schema: unknown, more: object = {}) => ({ schema: JSON.stringify(schema), ...more });
const released = (name: string) => schemas.filter(({ event }) => event === name);
const codeOf = async (asked: ReturnType<typeof world.ask>): Promise<readonly unknown[]> => {
  const { status, body } = await asked;
  assert.equal(typeof body.message, "string");
  return [status, body.error_code];
};
/** The schema of a version with other fields. */
const changed = (name: string, change: (fields: readonly { readonly name: string }[]) => readonly unknown[]) => {
  const schema = Object(released(name).at(-1)?.schema);
  return { ...schema, fields: change(schema.fields) };
};

test("every released version is served under its id to anybody, for ever", async () => {
  assert.ok(schemas.length > 150);
  for (const { id, event, version } of schemas) {
    const { status, body, headers } = await world.ask(`/schemas/ids/${id}`);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ["schema"]);
    assert.equal(JSON.parse(body.schema).name, event);
    assert.match(headers.get("content-type") ?? "", /^application\/vnd\.schemaregistry\.v1\+json$/);
    assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
    const [where] = (await world.ask(`/schemas/ids/${id}/versions`)).body;
    assert.equal(where.version, version);
    const named = (await world.ask(`${path(where.subject)}/versions/${version}`)).body;
    assert.deepEqual(named, { subject: where.subject, version, id, schema: body.schema });
    assert.deepEqual((await world.ask(`/schemas/ids/${id}/subjects`)).body, [where.subject]);
    assert.deepEqual((await world.ask(`/schemas/ids/${id}/schema`)).body, JSON.parse(body.schema));
  }
});

test("the text of an id has no documentation, which may be worded anew", async () => {
  const documented = schemas.find(({ schema }) => JSON.stringify(schema).includes('"doc":'));
  const { body } = await world.ask(`/schemas/ids/${documented?.id}`);
  assert.ok(!body.schema.includes('"doc":'));
});

test("an answer that is given again is the same, also for a URL that nobody else would write", async () => {
  const [plain, long] = ["/schemas/ids/7", `/schemas/ids/7?x=${"y".repeat(300)}`];
  const asked = [plain, plain, long, long, "/schemas/ids/%37", "/schemas/ids/007"];
  const answers = await Promise.all(asked.map((url) => world.ask(url)));
  const again = await Promise.all(asked.map((url) => world.ask(url)));
  for (const { status, body, headers } of [...answers, ...again]) {
    assert.deepEqual([status, body], [200, answers[0]?.body]);
    assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
  }
  assert.deepEqual(await codeOf(world.ask(plain, { method: "POST" })), [405, 405]);
});

test("subjects, their versions and the latest one are listed", async () => {
  const all = (await world.ask("/subjects")).body;
  assert.equal(all.length, new Set(schemas.map(({ aggregate, event }) => `${aggregate}.${event}`)).size);
  assert.deepEqual((await world.ask("/subjects?subjectPrefix=:*:pitrix.cluster-")).body.includes(subject), true);
  assert.deepEqual((await world.ask("/subjects?subjectPrefix=nobody")).body, []);
  const versions = (await world.ask(`${path(subject)}/versions`)).body;
  assert.deepEqual(
    versions,
    released("ClusterRequested").map(({ version }) => version),
  );
  const latest = await world.ask(`${path(subject)}/versions/latest`);
  assert.deepEqual([latest.body.version, latest.headers.get("cache-control")], [versions.at(-1), "no-store"]);
  assert.deepEqual((await world.ask("/schemas/types")).body, ["AVRO"]);
  assert.deepEqual((await world.ask("/config")).body, { compatibilityLevel: "FULL_TRANSITIVE" });
  assert.deepEqual((await world.ask("/mode")).body, { mode: "READONLY" });
});

for (const [asked, status, code] of [
  ["/schemas/ids/999999", 404, 40403],
  ["/schemas/ids/1e3", 404, 40403],
  ["/subjects/nobody/versions", 404, 40401],
  ["/subjects/nobody/versions/1", 404, 40401],
  [`${path(subject)}/versions/99`, 404, 40402],
  [`${path(subject)}/versions/0`, 422, 42202],
  [`${path(subject)}/versions/first`, 422, 42202],
  ["/config/nobody", 404, 40408],
  ["/mode/nobody", 404, 40409],
  ["/associations/resources/-/pitrix.cluster?resourceType=topic", 404, 404],
  ["/schemas/ids/%zz", 404, 404],
  ["/subjects/", 404, 404],
] as const)
  test(`GET ${asked} is the error ${code} of a registry, and is not kept`, async () => {
    assert.deepEqual(await codeOf(world.ask(asked)), [status, code]);
    assert.equal((await world.ask(asked)).headers.get("cache-control"), "no-store");
  });

test("a client finds the id of a schema, however it is written", async () => {
  const [first] = released("ClusterStopped");
  const schema = Object(first?.schema);
  const spelt = { fields: schema.fields, doc: "Other words.", name: "pitrix.cluster.ClusterStopped", type: "record" };
  const stopped = "pitrix.cluster-pitrix.cluster.ClusterStopped";
  for (const written of [schema, spelt]) {
    const { status, body } = await world.ask(path(stopped), json(withSchema(written)));
    assert.deepEqual([status, body.subject, body.version], [200, stopped, 1]);
  }
  assert.deepEqual(await codeOf(world.ask(path(stopped), json(withSchema("string")))), [404, 40403]);
  assert.deepEqual(await codeOf(world.ask(path("nobody"), json(withSchema(schema)))), [404, 40401]);
});

const withDefault = (value: string) => `{"type":"record","name":"A","fields":[{"name":"a","type":"string","default":${value}}]}`;
const deep = `${'{"type":"array","items":'.repeat(3_000)}"string"${"}".repeat(3_000)}`;
for (const [what, body] of [
  ["no JSON", "{"],
  ["no schema", {}],
  ["a schema that is no JSON", { schema: "{" }],
  ["a schema of another kind", { schema: "{}", schemaType: "PROTOBUF" }],
  ["a schema with references", { schema: '"string"', references: [{ name: "a", subject: "b", version: 1 }] }],
  ["a type that nobody defines", { schema: '{"type":"record","name":"A","fields":[{"name":"a","type":"B"}]}' }],
  ["a record without fields", { schema: '{"type":"record","name":"A"}' }],
  ["a schema that is nested without end", { schema: deep }],
  ["a default that is nested without end", { schema: withDefault(`${"[".repeat(30_000)}${"]".repeat(30_000)}`) }],
  ["an array without end", { schema: "[".repeat(60_000) }],
] as const)
  test(`${what} is 42201`, async () => {
    assert.deepEqual(await codeOf(world.ask(path(subject), json(body))), [422, 42201]);
  });

test("a body of more than 128 KiB is not read", async () => {
  assert.deepEqual(await codeOf(world.ask(path(subject), json({ schema: "x".repeat(200_000) }))), [413, 413]);
});

test("compatibility is checked against one version or all, for whoever has a token", async () => {
  const { authorization } = await world.as("usr-dev");
  const ask = (schema: unknown, version: string, query = "") =>
    world.ask(`/compatibility${path(subject)}/versions${version}${query}`, json(withSchema(schema), authorization));
  const wider = changed("ClusterRequested", (fields) => [...fields, { name: "note", type: "string", default: "" }]);
  const breaking = changed("ClusterRequested", (fields) => [...fields, { name: "note", type: "string" }]);
  for (const version of ["", "/latest", "/1"]) {
    assert.equal((await ask(wider, version)).body.is_compatible, true);
    const { body } = await ask(breaking, version, "?verbose=true");
    assert.equal(body.is_compatible, false);
    assert.match(
      body.messages[0],
      /^readers with the new schema cannot read earlier events: the field note is missing there, .*, against version \d$/,
    );
  }
  assert.deepEqual((await ask("string", "/latest")).body, { is_compatible: false });
  assert.deepEqual(await codeOf(ask(wider, "/99")), [404, 40402]);
  const stranger = await world.ask(`/compatibility${path(subject)}/versions`, json(withSchema(wider)));
  assert.deepEqual([stranger.status, stranger.body.error_code, stranger.headers.get("www-authenticate")], [401, 40101, "Bearer"]);
});

test("only operators may register, and what the platform has not released is refused with the reason", async () => {
  const system = (await world.as("system")).authorization;
  const register = (schema: unknown, authorization: string | undefined, name = subject) =>
    world.ask(`${path(name)}/versions`, json(withSchema(schema), authorization));
  const known = released("ClusterRequested").at(-1);
  assert.deepEqual((await register(known?.schema, system)).body, { id: known?.id });
  const breaking = await register(
    changed("ClusterRequested", (fields) => fields.slice(1)),
    system,
  );
  assert.deepEqual([breaking.status, breaking.body.error_code], [409, 409]);
  assert.match(
    breaking.body.message,
    /readers with the earlier schema cannot read new events: the field \w+ is missing there, .*, against version 1/,
  );
  const wider = changed("ClusterRequested", (fields) => [...fields, { name: "note", type: "string", default: "" }]);
  for (const [schema, name] of [
    [wider, subject],
    [known?.schema, "somebody-else"],
  ] as const)
    assert.deepEqual(await codeOf(register(schema, system, name)), [422, 42205]);
  assert.deepEqual((await world.ask("/subjects")).body.includes("somebody-else"), false);

  const developer = (await world.as("usr-dev")).authorization;
  for (const [method, where] of [
    ["POST", `${path(subject)}/versions`],
    ["DELETE", path(subject)],
    ["DELETE", `${path(subject)}/versions/1`],
    ["PUT", "/config"],
    ["PUT", `/config/${subject}`],
    ["PUT", "/mode"],
  ] as const) {
    assert.deepEqual(await codeOf(world.ask(where, json({ compatibility: "NONE", mode: "READWRITE" }, undefined, method))), [401, 40101]);
    assert.deepEqual(await codeOf(world.ask(where, json({}, developer, method))), [403, 40301]);
  }
  for (const where of ["/config", `/config/${subject}`]) {
    const put = (compatibility: unknown) => world.ask(where, json({ compatibility }, system, "PUT"));
    assert.deepEqual((await put("FULL_TRANSITIVE")).body, { compatibility: "FULL_TRANSITIVE" });
    assert.deepEqual(await codeOf(put("NONE")), [422, 42205]);
    assert.deepEqual(await codeOf(put(7)), [422, 42203]);
  }
  assert.deepEqual(await codeOf(world.ask(path(subject), json({}, system, "DELETE"))), [422, 42205]);
  assert.deepEqual(await codeOf(world.ask("/subjects", json({}, system, "PUT"))), [405, 405]);
});

test("the usual client of kafkajs decodes, looks up and registers", async () => {
  const { authorization } = await world.as("system");
  type Next = () => Promise<{ readonly enhance: (more: object) => unknown }>;
  const withToken = () => ({ prepareRequest: async (next: Next) => (await next()).enhance({ headers: { authorization } }) });
  const registry = new SchemaRegistry({ host: world.of().url, middlewares: [withToken as never] }); // The type wants all of mappersmith's.
  const known = released("ClusterStopped").at(-1);
  const id = known?.id ?? 0;
  const example = Object(sampleOf(known?.schema, "ClusterStopped"));
  const bytes = await registry.encode(id, example);
  assert.deepEqual({ ...(await registry.decode(Buffer.from(frame(id, bytes.subarray(5))))) }, example);
  const stopped = "pitrix.cluster-pitrix.cluster.ClusterStopped";
  assert.equal(await registry.getLatestSchemaId(stopped), id);
  assert.equal(await registry.getRegistryId(stopped, 1), released("ClusterStopped")[0]?.id);
  const schema = known?.schema as never; // The contract's, which is Avro.
  assert.equal(await registry.getRegistryIdBySchema(stopped, schema), id);
  assert.deepEqual(await registry.register(schema, { subject: stopped, compatibility: "FULL_TRANSITIVE" as never }), { id });
});

test("whoever asks too often is told when to come again, in the registry's words", async (t) => {
  const limited = await gatewayWorld({ rateLimit: 5 });
  t.after(() => limited.stop());
  limited.time.standStill();
  const answers = [];
  for (let each = 0; each < 12; each++) answers.push(await limited.ask(each % 2 === 0 ? "/schemas/ids/1" : "/schemas/nothing"));
  // Also an answer that is kept.
  assert.equal((await limited.ask("/schemas/ids/1")).status, 429);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array(5).fill([200, 404]).flat(), 429, 429],
  );
  const last = answers.at(-1);
  assert.deepEqual([last?.body.error_code, last?.headers.get("retry-after")], [429, "1"]);
});

test("no two ids have one schema: a registry elsewhere would give them one id", () => {
  const shapes = schemas.map(({ schema }) => JSON.stringify(shapeOf(JSON.stringify(schema))));
  assert.equal(new Set(shapes).size, schemas.length);
});
