import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../events/codec/codec.ts";
import { recordsOf } from "../../events/log/record.ts";
import { memoryDatabase } from "../../events/memory/database.ts";
import { kind } from "../../events/memory/fate.ts";
import { memoryStore } from "../../events/memory/store.ts";
import type { Message } from "../../events/message.ts";
import { router } from "../../events/service.ts";
import { executor } from "../../events/store/execute.ts";
import { collections } from "../../events/subscription/collections.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";
import { commitOf, encoded } from "../contract/commits.ts";
import { catalogWorld } from "../events/subscription/catalog-world.ts";
import { catalog, change, REACTIONS } from "../world/toys/catalog.ts";

const because = { cause: "c", row: "test", actor: { userId: "usr-dev", ownerPath: ":usr-dev" }, correlationId: "r-1" };
const rest = { causationId: null, actionId: null, traceparent: null, hops: 0 };

/** A service that commits the event of its command. */
const world = () => {
  const database = memoryDatabase();
  const clock = { now: () => 0, sleep: async () => {}, random: () => 0 };
  const decider = {
    key: "categoryId" as const,
    initialState: {},
    decide: { Record: ({ event }: { readonly type: "Record"; readonly categoryId: string; readonly event: Message }) => [event] },
    evolve: {},
  };
  const service = { name: "recorder", aggregates: { category: { decider } } };
  const { execute } = executor(service, { store: memoryStore(database, kind, clock.now), clock }, codec(schemas), () => {});
  const record = (event: object, categoryId = "ctg-1") => {
    const command = { type: "Record", categoryId, event: { type: "CategoryModified", ...event } };
    return execute(command, { ...because, ...rest });
  };
  return { record, database };
};
const fields = { categoryId: "ctg-1", name: "one", locale: "", description: "", icon: "" };

test("a key with a slash, an at sign or nothing in it is refused before anything is decided", async () => {
  const { record, database } = world();
  for (const key of ["a/b", "a@1", ""]) await assert.rejects(async () => record(fields, key), /no usable categoryId/);
  assert.equal(database.commits.size, 0);
  assert.equal((await record(fields)).stream, "category/ctg-1");
});

test("a command that two aggregates of a service decide is refused", () => {
  const decider = { key: "id", initialState: {}, decide: { Record: () => [] }, evolve: {} };
  assert.throws(() => router({ name: "twice", aggregates: { one: { decider }, two: { decider } } }), /of one and of two/);
});

test("an event is on the log under its stream and version", () => {
  const records = recordsOf(contract, "recorder", commitOf("category/ctg-1", 11, { events: [encoded("a"), encoded("b")] }));
  assert.deepEqual(
    records.map(({ topic, key, headers }) => [topic, key, headers.ce_id, headers.ce_sequence]),
    [11, 12].map((version) => ["pitrix.category", "category/ctg-1", `category/ctg-1@${version}`, String(version).padStart(12, "0")]),
  );
});

test("an event that lacks a field, or has one that its schema has not, is not committed", async () => {
  const { record, database } = world();
  const { icon: _, ...lacking } = fields;
  await assert.rejects(record(lacking), /CategoryModified does not fit its schema: icon is missing/);
  await assert.rejects(record({ ...fields, password: "secret" }), /does not fit its schema/);
  await assert.rejects(record({ ...fields, name: 1 }), /name is 1/);
  assert.equal(database.commits.size, 0);
});

test("an event that is too large for the log is not committed", async () => {
  const { record, database } = world();
  await assert.rejects(record({ ...fields, description: "x".repeat(1_000_000) }), /takes 10000\d\d bytes, more than 900000/);
  assert.equal(database.commits.size, 0);
});

test("another version of a fold fills another collection", () => {
  const { names } = catalog(new Set());
  const collectionOf = (projection: typeof names) => collections([projection]).of("names");
  assert.deepEqual([names, { ...names, version: 2 }].map(collectionOf), ["names__v1", "names__v2"]);
  assert.throws(() => collections([names]).of("other"), /no read model other/);
});

test("after 64 reactions in a row the next one is refused as a circle", async () => {
  const { publish, launch, until, told, held, shown } = await catalogWorld();
  const one = await launch();
  const after = (key: string, hops: number) => ({ ...change(key, 1), headers: { ...change(key, 1).headers, ce_hops: String(hops) } });
  await publish([after("circle", 64), after("chain", 63)]);
  await until(() => told("chain").length === 1 && shown("circle").length === 1, "all others go on");
  await until(async () => (await held(REACTIONS, "category/circle")).length === 1, "the circle is parked");
  const [parked] = await held(REACTIONS, "category/circle");
  assert.match(parked?.reason ?? "", /after 64 reactions in a row/);
  assert.deepEqual(told("circle"), []);
  await one.stop();
});
