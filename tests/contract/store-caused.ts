import assert from "node:assert/strict";
import type { EventStore } from "../../events/ports.ts";
import { causedBy, commitOf, places } from "./commits.ts";
import { type MakeGround, onGround } from "./fixture.ts";

/** The part of the event store's contract that is about what came of a request. */
export const causedContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (store: EventStore, other: EventStore) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().store, fixture.instance().store));

  on("what came of a request or an action is found by either id, by time, with its due marks", async (store, other) => {
    const first = causedBy("r-7", null, 1, "cluster/cl-2");
    const due = causedBy("r-7", "j-7", 2, "cluster/cl-1", { publish: true, effects: [1], timers: [{ version: 1, at: 9 }] });
    const last = causedBy("r-8", "j-7", 3, "cluster/cl-0");
    for (const commit of [last, due, first, commitOf("cluster/other", 1), causedBy("r-9", "j-9", 0, "cluster/cl-9")])
      assert.equal(await store.append(commit), 1);
    assert.deepEqual(await other.caused("r-7", 10), [first, due]);
    assert.deepEqual(await other.caused("j-7", 10), [due, last]);
    assert.deepEqual(await store.caused("r-0", 10), []);
    assert.deepEqual(await store.caused("", 10), []);
    await other.clear("publish", [{ commit: due, version: 1 }]);
    await other.clear("effects", [{ commit: due, version: 1 }]);
    await other.clear("timers", [{ commit: due, version: 1 }]);
    assert.deepEqual(await store.caused("j-7", 10), [{ ...due, publish: false, effects: [], timers: [] }, last]);
  });

  on("receipts count, an id that is both counts once, and only so many come, the earliest", async (store) => {
    const receipt = causedBy("both", "both", 5, "cluster/cl-1", { events: [], cause: "c-1", rejection: { rejected: "no" } });
    const commits = [receipt, ...[4, 3, 2, 1].map((second) => causedBy("both", "both", second, `cluster/at-${second}`))];
    for (const commit of commits) await store.append(commit);
    assert.deepEqual(await store.caused("both", 10), commits.toReversed());
    assert.deepEqual(places(await store.caused("both", 2)), ["cluster/at-1@1", "cluster/at-2@1"]);
  });

  on("of one moment the order is that of streams and versions", async (store) => {
    for (const stream of ["cluster/b", "app/z", "cluster/a"]) await store.append(causedBy("r-1", null, 0, stream));
    await store.append(causedBy("r-1", null, 0, "cluster/a", { version: 10 }));
    await store.append(causedBy("r-1", null, 0, "cluster/a", { version: 2 }));
    assert.deepEqual(places(await store.caused("r-1", 9)), ["app/z@1", "cluster/a@1", "cluster/a@2", "cluster/a@10", "cluster/b@1"]);
  });
};
