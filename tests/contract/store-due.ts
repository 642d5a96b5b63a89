import assert from "node:assert/strict";
import type { Commit, EventStore } from "../../events/ports.ts";
import { commitOf, encoded, places, walk } from "./commits.ts";
import { type MakeGround, onGround } from "./fixture.ts";

/** The part of the event store's contract that is about due marks. */
export const dueContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (store: EventStore, other: EventStore) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().store, fixture.instance().store));
  const appendAll = async (store: EventStore, commits: readonly Commit[]) => {
    for (let start = 0; start < commits.length; start += 20)
      await Promise.all(commits.slice(start, start + 20).map((commit) => store.append(commit)));
  };
  const done = (commit: Commit, version = commit.version) => ({ commit, version });

  for (const mark of ["publish", "effects"] as const) {
    const marked = (stream: string, version: number) =>
      commitOf(stream, version, mark === "publish" ? { publish: true } : { effects: [version] });

    on(`a walk over ${mark} meets every commit with the mark once, the versions of a stream in order`, async (store) => {
      const streams = [
        "cluster/a",
        "cluster/a-b",
        "cluster/ab",
        "app/1",
        "app/2",
        "app/ü",
        ...Array.from({ length: 20 }, (_, n) => `run/${n}`),
      ];
      const commits = streams.flatMap((stream) => [1, 2, 3, 9, 10, 11].map((version) => marked(stream, version)));
      await appendAll(store, [...commits, commitOf("cluster/a", 4), commitOf("cluster/unmarked", 1)]);
      for (const limit of [1000, 37, 7]) {
        const met = await walk(store, mark, limit);
        assert.deepEqual([...places(met)].sort(), [...places(commits)].sort());
        for (const stream of streams) {
          const versions = met.filter((commit) => commit.stream === stream).map(({ version }) => version);
          assert.deepEqual(versions, [1, 2, 3, 9, 10, 11]);
        }
      }
      assert.deepEqual(places(await walk(store, mark, 1000)), places(await walk(store, mark, 5)), "the order does not depend on the pages");
    });

    on(`a cleared ${mark} mark is met no more, by nobody`, async (store, other) => {
      const commits = Array.from({ length: 30 }, (_, index) => marked(`cluster/cl-${index % 3}`, 1 + Math.floor(index / 3)));
      await appendAll(store, commits);
      await store.clear(mark, []);
      await store.clear(
        mark,
        commits.slice(0, 10).map((commit) => done(commit)),
      );
      assert.deepEqual([...places(await walk(other, mark, 4))].sort(), [...places(commits.slice(10))].sort());
      await other.clear(
        mark,
        commits.map((commit) => done(commit)),
      );
      assert.deepEqual(await store.due(mark, undefined, 10), []);
      const [kept] = await store.read("cluster/cl-0", 0);
      assert.deepEqual([kept?.publish, kept?.effects], [false, []]);
      await store.append(marked("cluster/cl-0", 50));
      assert.deepEqual(places(await store.due(mark, undefined, 10)), ["cluster/cl-0@50"]);
    });

    on(`marks of ${mark} below a version of one stream`, async (store) => {
      await appendAll(
        store,
        ["cluster/a", "cluster/a-b", "cluster/ab"].flatMap((stream) => [1, 2, 10, 11].map((version) => marked(stream, version))),
      );
      await store.clear(mark, [done(marked("cluster/a", 2))]);
      assert.deepEqual(places(await store.dueBelow(mark, "cluster/a", 11, 9)), ["cluster/a@1", "cluster/a@10"]);
      assert.deepEqual(places(await store.dueBelow(mark, "cluster/a", Number.MAX_SAFE_INTEGER, 9)), [
        "cluster/a@1",
        "cluster/a@10",
        "cluster/a@11",
      ]);
      assert.deepEqual(places(await store.dueBelow(mark, "cluster/a", 11, 1)), ["cluster/a@1"]);
      assert.deepEqual(await store.dueBelow(mark, "cluster/a", 1, 9), []);
      assert.deepEqual(await store.dueBelow(mark, "cluster/none", 9, 9), []);
    });

    on(`more ${mark} marks than a page, appended and cleared while a worker walks`, async (store, other) => {
      const first = Array.from({ length: 200 }, (_, index) => marked(`cluster/cl-${index}`, 1));
      await appendAll(store, first);
      const met: string[] = [];
      for (let round = 0; ; round++) {
        const page = await store.due(mark, undefined, 30);
        if (page.length === 0) break;
        met.push(...places(page));
        await store.clear(
          mark,
          page.map((commit) => done(commit)),
        );
        if (round < 3)
          await appendAll(
            other,
            Array.from({ length: 10 }, (_, index) => marked(`late/${round}-${index}`, 1)),
          );
      }
      assert.equal(met.length, 230);
      assert.equal(new Set(met).size, 230);
    });
  }

  on("the effects of one commit are cleared one by one, also at once", async (store, other) => {
    const commit = commitOf("cluster/cl-1", 3, { events: [encoded("3"), encoded("4"), encoded("5")], effects: [3, 4, 5] });
    await store.append(commit);
    await store.clear("effects", [done(commit, 4)]);
    assert.deepEqual(
      (await other.due("effects", undefined, 10)).map(({ effects }) => effects),
      [[3, 5]],
    );
    assert.deepEqual(places(await other.due("effects", { stream: "cluster/cl-1", version: 2 }, 10)), ["cluster/cl-1@3"]);
    assert.deepEqual(await other.due("effects", { stream: "cluster/cl-1", version: 3 }, 10), []);
    await Promise.all([store.clear("effects", [done(commit, 3)]), other.clear("effects", [done(commit, 5)])]);
    assert.deepEqual(await store.due("effects", undefined, 10), []);
    assert.deepEqual(await store.dueBelow("effects", "cluster/cl-1", 9, 9), []);
  });

  on("timers come when they are due, earliest first, and only as many as asked for", async (store, other) => {
    const at = (stream: string, ...times: readonly number[]) =>
      commitOf(stream, 1, {
        events: times.map((time) => encoded(`${time}`)),
        timers: times.map((time, index) => ({ version: 1 + index, at: time })),
      });
    const two = at("cluster/two", 5_000_000, 1000);
    await appendAll(store, [at("cluster/c", 3000), two, at("cluster/b", 2000), at("cluster/z", 9_000_000), at("cluster/a", 4000)]);
    assert.deepEqual(await store.dueTimers(999, 10), []);
    assert.deepEqual(places(await store.dueTimers(3000, 10)), ["cluster/two@1", "cluster/b@1", "cluster/c@1"]);
    assert.deepEqual(places(await store.dueTimers(3000, 2)), ["cluster/two@1", "cluster/b@1"]);
    assert.deepEqual(await store.dueTimers(1000, 1), [two]);
    await other.clear("timers", [done(two, 2)]);
    assert.deepEqual(places(await store.dueTimers(4000, 2)), ["cluster/b@1", "cluster/c@1"]);
    assert.deepEqual(places(await store.dueTimers(10_000_000, 10)), [
      "cluster/b@1",
      "cluster/c@1",
      "cluster/a@1",
      "cluster/two@1",
      "cluster/z@1",
    ]);
    await store.clear("timers", [done(two, 1), done(at("cluster/b", 2000)), done(at("cluster/c", 3000))]);
    assert.deepEqual(places(await store.dueTimers(10_000_000, 10)), ["cluster/a@1", "cluster/z@1"]);
    assert.deepEqual(await store.dueTimers(3999, 10), []);
    await store.append(at("cluster/early", 1));
    assert.deepEqual(places(await store.dueTimers(10_000_000, 1)), ["cluster/early@1"]);
  });

  on("a timer that is postponed lets the later ones come first, and the others of its commit stay", async (store, other) => {
    const two = commitOf("cluster/two", 1, {
      events: [encoded("1"), encoded("2")],
      timers: [
        { version: 1, at: 1000 },
        { version: 2, at: 1500 },
      ],
    });
    const late = commitOf("cluster/late", 1, { timers: [{ version: 1, at: 2000 }] });
    await appendAll(store, [two, late]);
    await store.postpone(two, 1, 3000);
    const [first] = await other.dueTimers(1999, 10);
    assert.deepEqual(
      [...(first?.timers ?? [])].sort((a, b) => a.version - b.version),
      [
        { version: 1, at: 3000 },
        { version: 2, at: 1500 },
      ],
    );
    await store.postpone(two, 2, 4000);
    assert.deepEqual(places(await other.dueTimers(2999, 10)), ["cluster/late@1"]);
    assert.deepEqual(places(await other.dueTimers(3000, 10)), ["cluster/late@1", "cluster/two@1"]);
    await other.clear("timers", [done(two, 1), done(two, 2)]);
    await store.postpone(two, 1, 1000);
    assert.deepEqual(places(await other.dueTimers(9000, 10)), ["cluster/late@1"]);
  });
};
