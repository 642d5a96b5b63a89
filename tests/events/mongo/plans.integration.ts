import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Db, MongoClient } from "mongodb";
import { type Mongo, mongo } from "../../../events/mongo/connect.ts";
import type { Commit, Parked } from "../../../events/ports.ts";
import { sharedStore } from "../../../infra/embedded/shared.ts";
import { commitOf } from "../../contract/commits.ts";
import { plansOf, scans } from "./profiled.ts";

const name = `plans_${process.pid}`;
const due: Partial<Commit> = { publish: true, effects: [1], timers: [{ version: 1, at: 5 }], claims: ["name a"] };
const parked: Parked = {
  ...{ subscription: "s", stream: "cluster/cl-1", version: 1, eventId: "cluster/cl-1@1", row: "ClusterRequested", reason: "r" },
  ...{ time: "2024-05-01T10:00:00Z", attempts: 1, unknownSchema: false, asked: null },
  record: { topic: "pitrix.cluster", partition: 0, offset: 0, key: "cluster/cl-1", value: new Uint8Array(1), headers: {} },
};
const asked = { action: "redrive", by: "me", reason: "", time: "2024-05-01T10:00:00Z" } as const;

let client: MongoClient;
let database: Db;
let instance: Mongo;
before(async () => {
  const { url } = await sharedStore();
  client = await new MongoClient(url).connect();
  database = client.db(name);
  instance = mongo({ url, database: name });
  for (let n = 0; n < 50; n++) await instance.store.append(commitOf(`cluster/other-${n}`, 1, { cause: `other ${n}` }));
});
after(async () => {
  await database.dropDatabase();
  await Promise.all([instance.close(), client.close()]);
});

test("whatever the event store is asked, it finds by an index", async () => {
  const { store } = instance;
  const commit = commitOf("cluster/cl-1", 1, { ...due, cause: "c" });
  const done = [{ commit, version: 1 }];
  const plans = await plansOf(database, async () => {
    await store.append(commit);
    await store.read("cluster/cl-1", 0);
    await store.read("cluster/cl-1", 3);
    await store.findCause("c");
    await store.findClaim("name a");
    await store.caused("r-1", 10);
    await store.scan(undefined, 10);
    await store.scan(commit, 10);
    for (const mark of ["publish", "effects"] as const) {
      await store.due(mark, undefined, 10);
      await store.due(mark, { stream: "cluster/cl-1", version: 1 }, 10);
      await store.dueBelow(mark, "cluster/cl-1", 5, 10);
    }
    await store.dueTimers(100, 10);
    await store.postpone(commit, 1, 7);
    for (const mark of ["publish", "effects", "timers"] as const) await store.clear(mark, done);
    await store.releaseClaim(commit, "name a");
    await store.lease("relay", "me", 1_000);
    await store.release("relay", "me");
  });
  assert.ok(plans.length > 20);
  assert.deepEqual(scans(plans), []);
});

test("a walk over due marks reads what is due, and nothing else of fifty commits", async () => {
  const { store } = instance;
  const commit = commitOf("cluster/cl-2", 1, { ...due, claims: [] });
  await store.append(commit);
  const plans = await plansOf(database, async () => {
    await store.due("publish", undefined, 100);
    await store.due("effects", undefined, 100);
    await store.dueTimers(100, 100);
  });
  assert.deepEqual(
    plans.map(({ docsExamined, hasSortStage = false }) => [docsExamined, hasSortStage]),
    [1, 1, 1].map((docs) => [docs, false]),
  );
});

test("whatever is parked, kept as a blob or saved as a position is found by an index", async () => {
  const { parking, blobs, documents } = instance;
  const plans = await plansOf(database, async () => {
    await parking.add([parked]);
    await parking.streams("s");
    await parking.streams("s", { topic: "pitrix.cluster", partition: 0 });
    await parking.of("s", "cluster/cl-1", 10);
    await parking.ask(parked, asked);
    await parking.asked("s");
    await parking.again(parked);
    await parking.list(10);
    await parking.discard(parked);
    await parking.discarded("s");
    await parking.remove([parked]);
    await parking.forget("s");
    const digests = [await blobs.put(new Uint8Array(1)), await blobs.put(new Uint8Array(600_000))];
    for (const digest of digests) await blobs.get(digest);
    await documents.beginPosition("s", "pitrix.cluster", 0, 1);
    await documents.savePosition("s", "pitrix.cluster", 0, 1);
    await documents.position("s", "pitrix.cluster", 0);
    await documents.forgetPositions("s");
  });
  assert.ok(plans.length > 15);
  assert.deepEqual(scans(plans), []);
});

test("a query without an index would be noticed", async () => {
  const plans = await plansOf(database, () => database.collection("commits").find({ stream: "cluster/cl-1" }).toArray());
  assert.equal(scans(plans).length, 1);
});
