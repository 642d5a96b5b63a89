import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { plainMeta, recordsOf } from "../../../events/log/record.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Commit } from "../../../events/ports.ts";
import { executor } from "../../../events/store/execute.ts";
import { type Delivered, decode, deliveredIn } from "../../../events/subscription/delivered.ts";
import { projector } from "../../../events/subscription/projections.ts";
import { reactor } from "../../../events/subscription/reactions.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { commitOf } from "../../contract/commits.ts";
import { catalog, READ_MODEL } from "../../world/toys/catalog.ts";

const released = codec(schemas);
const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };
const stream = "category/a";
const named = (name: string) =>
  released.encode("category", { type: "CategoryModified", ...{ categoryId: "a", name, locale: "", description: "", icon: "" } });
const { metadata, ...rest } = commitOf(stream, 3, { events: [named("3"), named("4")] });
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const commit: Commit = { ...rest, metadata: { ...metadata, causationId: "app/x@1", actionId: "j-1", hops: 5, traceparent } };

test("an event from the event store is delivered as the log delivers it, only without a record", () => {
  const fromLog = recordsOf(contract, "app", commit).map((record) => decode({ ...record, partition: 0, offset: 7 }, released));
  const shown = ({ event, meta }: Delivered) => ({ event, ...plainMeta(meta), hops: meta.hops, traceparent: meta.traceparent });
  const fromStore = deliveredIn(commit, released);
  assert.deepEqual(
    fromStore.map(shown),
    fromLog.map((delivered) => (delivered instanceof Error ? assert.fail(delivered) : shown(delivered))),
  );
  assert.deepEqual(
    fromStore.map(({ record, meta }) => [record, meta.version, meta.hops, meta.traceparent]),
    [3, 4].map((version) => [undefined, version, 5, traceparent]),
  );
});

test("an event of another aggregate is none of this topic, whatever its headers say", () => {
  const bound: { readonly type: string } = { type: "UserRoleBound", ...{ userId: "a", roleId: "global_admin" } };
  const foreign = released.encode("user", bound);
  const [forged] = recordsOf(contract, "app", commitOf(stream, 1, { events: [foreign] }));
  assert.ok(forged);
  assert.equal(forged.headers.ce_type, "pitrix.category.UserRoleBound");
  const delivered = decode({ ...forged, partition: 0, offset: 7 }, released);
  assert.match(String(delivered), /its value is an event of the aggregate user/);
});

test("an event without a record is folded, and its reaction passes on what it goes back to", async () => {
  const database = memoryDatabase();
  const { service, names } = catalog(new Set());
  const documents = memoryDocuments(database, kind);
  const folding = projector(names, READ_MODEL, documents, () => {}, contract).open();
  const events = new Map([[stream, deliveredIn(commit, released)]]);
  assert.deepEqual(await folding.handle(events), []);
  await folding.flush();
  assert.deepEqual((await documents.get(READ_MODEL, ["a"]))[0]?.value, { names: ["3", "4"] });
  const store = memoryStore(database, kind, clock.now);
  const reacting = reactor(
    service,
    executor(service, { store, clock }, released, () => {}),
    contract,
  ).open();
  assert.deepEqual(await reacting.handle(events), []);
  const told = await store.read("group/a", 0);
  assert.deepEqual(
    told.map((one) => [one.metadata.hops, one.metadata.traceparent, one.metadata.causationId, one.metadata.correlationId]),
    [3, 4].map((version) => [6, traceparent, `${stream}@${version}`, "r-1"]),
  );
});
