import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { visibility } from "../../../events/subscription/visibility.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import type { Projection } from "../../../services/chassis/events.ts";
import { commitOf } from "../../contract/commits.ts";

const released = codec(schemas);
const groups: Projection<object> = { name: "groups", version: 1, initialState: {}, evolve: { GroupModified: (group) => group } };
const decider = { key: "groupId", initialState: {}, decide: {}, evolve: { GroupModified: (group: object) => group } };
const stream = "group/g";
const modified = { type: "GroupModified" as const, groupId: "g", name: "a group", description: "" };

/** A group of which so much is committed and shown as a test says, by another process than the one that is asked. */
const asked = () => {
  const database = memoryDatabase();
  const store = memoryStore(database, kind, () => 0);
  const documents = memoryDocuments(database, kind);
  const reads: number[] = [];
  const read: typeof store.read = (of, after) => {
    reads.push(after);
    return store.read(of, after);
  };
  const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };
  const { seen } = visibility(
    { name: "catalog", aggregates: { group: { decider } }, projections: [groups] },
    { documents, store: { ...store, read }, clock },
    {
      ...{ codec: released, contract, partitions: 1, collections: collections([groups]), subscriptions: new Map() },
      ...{ isHeldUp: () => false, signal: new AbortController().signal },
    },
  );
  return {
    ...{ seen, reads },
    commit: (version: number) => store.append(commitOf(stream, version, { events: [released.encode("group", modified)] })),
    show: (version: number, expected: number) =>
      documents.write("groups__v1", [{ document: { id: "g", stream, version, deleted: false, value: {} }, expected }]),
  };
};

test("a position counts as seen when the document is as far, and no sooner", async () => {
  const { seen, commit, show } = asked();
  for (const version of [1, 2, 3]) await commit(version);
  assert.equal(await seen(stream, 1, 0), false);
  await show(2, 0);
  assert.deepEqual([await seen(stream, 1, 0), await seen(stream, 2, 0), await seen(stream, 3, 0)], [true, true, false]);
  await show(3, 2);
  assert.equal(await seen(stream, 3, 0), true);
  assert.equal(await seen(stream, 4, 0), false, "the stream has no such position");
});

test("of a long stream only what came since the last look is read", async () => {
  const { seen, reads, commit, show } = asked();
  for (let version = 1; version <= 100; version++) await commit(version);
  await show(100, 0);
  assert.equal(await seen(stream, 100, 0), true);
  assert.equal(await seen(stream, 50, 0), true);
  await commit(101);
  assert.equal(await seen(stream, 101, 0), false);
  await show(101, 100);
  assert.equal(await seen(stream, 101, 0), true);
  assert.equal(await seen(stream, 101, 0), true);
  assert.deepEqual(reads, [0, 100, 100]);
});
