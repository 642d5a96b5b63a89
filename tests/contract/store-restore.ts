import assert from "node:assert/strict";
import type { EventStore, Watermark } from "../../events/ports.ts";
import { commitOf } from "./commits.ts";
import { type MakeGround, onGround } from "./fixture.ts";

const watermark = (partition: number, offset: number, topicId = "id-1"): Watermark => ({
  topic: "pitrix.cluster",
  partition,
  topicId,
  offset,
});
const sorted = (found: readonly Watermark[]) => found.toSorted((one, other) => one.partition - other.partition);

/** The part of the event store's contract that a store needs which is restored from the log. */
export const restoreContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (store: EventStore, other: EventStore) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().store, fixture.instance().store));

  on("a watermark never goes back, whoever saves it, but begins anew with another topic", async (store, other) => {
    assert.deepEqual(await store.watermarks(), []);
    await store.saveWatermarks([]);
    await store.saveWatermarks([watermark(0, 7), watermark(1, 3)]);
    await other.saveWatermarks([watermark(0, 5), watermark(1, 3), watermark(2, 1)]);
    assert.deepEqual(sorted(await store.watermarks()), [watermark(0, 7), watermark(1, 3), watermark(2, 1)]);
    await other.saveWatermarks([watermark(0, 9), watermark(1, 1, "id-2")]);
    assert.deepEqual(sorted(await store.watermarks()), [watermark(0, 9), watermark(1, 1, "id-2"), watermark(2, 1)]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).saveWatermarks([watermark(3, index)])));
    assert.deepEqual(sorted(await store.watermarks()).at(-1), watermark(3, 19));
  });

  on("a claim that is added to a commit is taken as if it had been inserted with it", async (store, other) => {
    const [first, second] = [commitOf("cluster/cl-1", 1), commitOf("cluster/cl-2", 1, { claims: ["taken"] })];
    await store.append(first);
    await store.append(second);
    assert.equal(await store.addClaim(first, "name"), true);
    assert.equal(await other.addClaim(first, "name"), true);
    assert.equal(await other.addClaim(first, "other"), true);
    assert.deepEqual((await other.findClaim("name"))?.claims, ["name", "other"]);
    assert.equal(await store.addClaim(first, "taken"), false);
    assert.equal(await store.addClaim(second, "name"), false);
    assert.equal(await store.append(commitOf("cluster/cl-3", 1, { claims: ["name"] })), 0);
    assert.equal(await store.addClaim(commitOf("cluster/cl-4", 1), "nobody's"), false);
    await store.releaseClaim(first, "name");
    assert.equal(await store.addClaim(second, "name"), true);
    assert.deepEqual((await other.findClaim("name"))?.stream, "cluster/cl-2");
  });
};
