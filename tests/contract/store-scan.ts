import assert from "node:assert/strict";
import type { Commit, EventStore } from "../../events/ports.ts";
import { commitOf, places } from "./commits.ts";
import { type MakeGround, onGround } from "./fixture.ts";

const scanned = async (store: EventStore, limit: number): Promise<readonly Commit[]> => {
  const found: Commit[] = [];
  for (;;) {
    const page = await store.scan(found.at(-1), limit);
    assert.ok(page.length <= limit);
    found.push(...page);
    if (page.length < limit) return found;
  }
};

/** The part of the event store's contract that is about all commits. */
export const scanContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (store: EventStore, other: EventStore) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().store, fixture.instance().store));

  on(
    "a scan gives every commit and every receipt once, each stream in its order, the same with every size of a page",
    async (store, other) => {
      const streams = ["cluster/b", "cluster/a", "app/z", "cluster/a-b", "cluster/A"];
      const commits = streams.flatMap((stream) =>
        [1, 2, 9, 10, 11].map((version) => commitOf(stream, version, { cause: `${stream}/${version}`, publish: version > 9 })),
      );
      const receipts = ["c-2", "a c-1", "z"].map((cause) => commitOf("cluster/a", 1, { events: [], cause, rejection: { rejected: "no" } }));
      for (const commit of [...commits, ...receipts].reverse()) assert.equal(await store.append(commit), 1);
      const all = await scanned(other, 100);
      assert.deepEqual(new Set(all), new Set([...commits, ...receipts]));
      assert.equal(all.length, commits.length + receipts.length);
      for (const stream of streams) {
        const own = all.filter((commit) => commit.stream === stream && commit.events.length > 0);
        assert.deepEqual(
          places(own),
          [1, 2, 9, 10, 11].map((version) => `${stream}@${version}`),
        );
      }
      for (const limit of [1, 2, 7, all.length]) assert.deepEqual(await scanned(store, limit), all);
    },
  );

  on("a scan that was begun goes on from any commit, also after one whose marks were taken off meanwhile", async (store, other) => {
    const commits = Array.from({ length: 6 }, (_, index) => commitOf(`cluster/${index}`, 1, { publish: true }));
    for (const commit of commits) await store.append(commit);
    const [first, second] = await store.scan(undefined, 2);
    assert.ok(first && second);
    await other.clear("publish", [{ commit: second, version: 1 }]);
    await other.append(commitOf("cluster/0", 2));
    assert.deepEqual(places(await store.scan(second, 10)), ["cluster/2@1", "cluster/3@1", "cluster/4@1", "cluster/5@1"]);
    assert.deepEqual(await store.scan(commitOf("cluster/9", 1), 10), []);
  });

  on("an empty store has nothing to scan", async (store) => {
    assert.deepEqual(await store.scan(undefined, 10), []);
  });
};
