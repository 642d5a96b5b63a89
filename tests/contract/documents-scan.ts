import assert from "node:assert/strict";
import type { Condition, CountQuery, Documents, StoredDocument } from "../../events/ports.ts";
import { type MakeGround, onGround } from "./fixture.ts";

const collection = "apps__v1";
const everything = { where: [], offset: 0, limit: 100 };
const visible: readonly Condition[] = [{ field: "owner", in: [":root"] }];

const documentOf = (id: string, value: StoredDocument["value"], more: Partial<StoredDocument> = {}): StoredDocument => ({
  ...{ id, stream: `app/${id}`, version: 1, deleted: false, value },
  ...more,
});
const fill = async (documents: Documents, all: readonly StoredDocument[], into = collection): Promise<void> => {
  await documents.ensure(into, ["owner"]);
  assert.equal(
    await documents.write(
      into,
      all.map((document) => ({ document, expected: 0 })),
    ),
    true,
  );
};
const counting = (documents: Documents) => (query: Partial<CountQuery>) =>
  documents.count(collection, { where: [], field: "repo_id", limit: 10, ...query });

/** The part of the contract of read models that is about a collection as a whole. */
export const scanContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (documents: Documents, other: Documents) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().documents, fixture.instance().documents));

  on("the size of a collection counts its tombstones; one that does not exist has none", async (documents, other) => {
    assert.deepEqual(await documents.size("none__v1"), { documents: 0, bytes: 0 });
    await fill(documents, [documentOf("a", { text: "x".repeat(500) }), documentOf("b", {}, { deleted: true })]);
    const { documents: count, bytes } = await other.size(collection);
    assert.ok(count === 2 && bytes > 500, `${count} documents, ${bytes} bytes`);
  });

  on("documents are counted by the values of a field, the most frequent first, and ties in their order", async (documents, other) => {
    const repos = ["b", "a", "c", "b", "a", "d", "b"];
    const apps = repos.map((repo_id, index) => documentOf(`app-${index}`, { repo_id, owner: index < 5 ? ":root" : ":other" }));
    await fill(documents, [...apps, documentOf("dead", {}, { deleted: true }), documentOf("bare", { owner: ":root" })]);
    const count = counting(other);
    const all = await count({});
    assert.deepEqual([all.total, all.values], [8, 5]);
    assert.deepEqual(
      all.counts.map(({ value, count: many }) => [value, many]),
      [
        ["b", 3],
        ["a", 2],
        [null, 1],
        ["c", 1],
        ["d", 1],
      ],
    );
    assert.deepEqual(await count({ limit: 2 }), { ...all, counts: all.counts.slice(0, 2) });
    assert.deepEqual(await count({ limit: 0 }), { ...all, counts: [] });
    assert.deepEqual(await count({ where: visible, limit: 1 }), { total: 6, values: 4, counts: [{ value: "a", count: 2 }] });
    assert.equal((await count({ anyOf: [[{ field: "repo_id", in: ["b"] }], [{ field: "repo_id", in: ["d"] }]] })).total, 4);
    assert.equal((await count({ search: { word: "A", fields: ["repo_id"], exact: [] } })).total, 2);
    assert.deepEqual(await count({ where: [{ field: "owner", in: [] }] }), { total: 0, values: 0, counts: [] });
    assert.deepEqual(await other.count("never__v1", { where: [], field: "repo_id", limit: 3 }), { total: 0, values: 0, counts: [] });
  });

  on("numbers, truth and texts are different values", async (documents) => {
    const values = [1, "1", true, 1, "true", 2.5];
    await fill(
      documents,
      values.map((repo_id, index) => documentOf(`app-${index}`, { repo_id })),
    );
    const { total, values: different, counts } = await counting(documents)({});
    assert.deepEqual([total, different], [6, 5]);
    assert.deepEqual(
      counts.map(({ value, count }) => [value, count]),
      [
        [1, 2],
        [2.5, 1],
        ["1", 1],
        ["true", 1],
        [true, 1],
      ],
    );
  });

  on("texts are counted by their first characters, and what is not a text is left out", async (documents) => {
    const times = ["2026-01-02T10:00:00.000Z", "2026-01-01T10:00:00.000Z", "2026-01-02T11:00:00.000Z", "2026", 20260102];
    await fill(documents, [...times.map((create_time, index) => documentOf(`app-${index}`, { create_time })), documentOf("bare", {})]);
    assert.deepEqual(await counting(documents)({ field: "create_time", prefix: 10 }), {
      total: 4,
      values: 3,
      counts: [
        { value: "2026-01-02", count: 2 },
        { value: "2026", count: 1 },
        { value: "2026-01-01", count: 1 },
      ],
    });
  });

  on("12,000 documents are counted, all of them", async (documents) => {
    const all = Array.from({ length: 12_000 }, (_, index) => documentOf(`app-${index}`, { repo_id: `repo-${index % 4_000}` }));
    await fill(documents, all);
    assert.deepEqual(await counting(documents)({ limit: 1 }), {
      ...{ total: 12_000, values: 4_000 },
      counts: [{ value: "repo-0", count: 3 }],
    });
  });

  on("a scan gives every document once, by id, tombstones too, page by page", async (documents, other) => {
    const ids = ["app-10", "app-2", "App", "app", "Ä", "z", "app-1"];
    const all = ids.map((id, index) => documentOf(id, { name: id }, index === 3 ? { deleted: true, value: {}, version: 7 } : {}));
    await fill(documents, all);
    await fill(documents, [documentOf("other", {})], "apps__v2");
    const found: StoredDocument[] = [];
    for (;;) {
      const page = await other.scan(collection, found.at(-1)?.id, 2);
      assert.ok(page.length <= 2);
      found.push(...page);
      if (page.length < 2) break;
    }
    assert.deepEqual(
      found.map(({ id }) => id),
      ["App", "app", "app-1", "app-10", "app-2", "z", "Ä"],
    );
    for (const document of found) assert.deepEqual(document, all[ids.indexOf(document.id)]);
    assert.deepEqual(await other.scan(collection, undefined, 0), []);
    assert.deepEqual(await other.scan("never__v1", undefined, 10), []);
  });

  on("a dropped collection reads as empty, and may be filled again", async (documents, other) => {
    await fill(documents, [documentOf("a", { owner: ":root" }), documentOf("b", {}, { deleted: true })]);
    await fill(documents, [documentOf("a", {})], "apps__v2");
    await other.drop(collection);
    await other.drop(collection);
    await documents.drop("never__v1");
    assert.deepEqual(await documents.get(collection, ["a", "b"]), []);
    assert.deepEqual(await documents.find(collection, everything), { total: 0, documents: [] });
    assert.deepEqual(await documents.scan(collection, undefined, 10), []);
    assert.equal((await counting(documents)({})).total, 0);
    assert.equal((await documents.find("apps__v2", everything)).total, 1);
    await fill(other, [documentOf("a", { owner: ":new" })]);
    assert.deepEqual((await documents.get(collection, ["a"]))[0]?.value, { owner: ":new" });
  });

  on("a pointer moves from one generation to the next, and of two that move it one does", async (documents, other) => {
    const first = { model: "apps", active: null, next: "apps__v1", dropped: [], generation: 1 };
    const feed = { collection: "apps__v1", fold: 1, until: null };
    const begun = await Promise.all([documents, other].map((each) => each.movePointer({ ...first, feeds: [feed] })));
    assert.deepEqual(begun.toSorted(), [false, true]);
    const second = { ...first, active: "apps__v1", next: null, feeds: [{ ...feed, until: 7 }], generation: 2 };
    assert.equal(await documents.movePointer({ ...second, generation: 3 }), false);
    const moved = await Promise.all([documents, other].map((each) => each.movePointer(second)));
    assert.deepEqual(moved.toSorted(), [false, true]);
    assert.equal(await other.movePointer({ ...second, model: "repos" }), false);
    assert.deepEqual(await other.pointers(), [second]);
  });

  on("what an instance announces replaces what it said before, until it is withdrawn", async (documents, other) => {
    const following = { reads: [2, 1], generation: 4, progress: [{ collection: "apps__v2", topic: "pitrix.app", partition: 0, next: 7 }] };
    await documents.announce({ instance: "one", until: 5, models: {} });
    await documents.announce({ instance: "one", until: 9, models: { apps: following } });
    await other.announce({ instance: "two", until: 9, models: {} });
    const said = (await other.readers()).toSorted((a, b) => (a.instance < b.instance ? -1 : 1));
    assert.deepEqual(said, [
      { instance: "one", until: 9, models: { apps: following } },
      { instance: "two", until: 9, models: {} },
    ]);
    await other.withdraw("one");
    await other.withdraw("one");
    assert.deepEqual(
      (await documents.readers()).map(({ instance }) => instance),
      ["two"],
    );
  });

  on("a position is begun once, and never set back", async (documents, other) => {
    const begun = [documents, other].map((each, at) => each.beginPosition("reactions", "pitrix.app", 0, 5 + at));
    await Promise.all(begun);
    const first = await documents.position("reactions", "pitrix.app", 0);
    assert.ok(first === 5 || first === 6);
    await documents.savePosition("reactions", "pitrix.app", 0, 9);
    await other.beginPosition("reactions", "pitrix.app", 0, 3);
    assert.equal(await other.position("reactions", "pitrix.app", 0), 9);
    assert.equal(await other.position("reactions", "pitrix.app", 1), undefined);
  });

  on("positions in a topic that was lost and made again go to its start, and no others", async (documents, other) => {
    for (const subscription of ["apps__v1", "reactions"])
      for (const topic of ["pitrix.app", "pitrix.appVersion"]) await documents.savePosition(subscription, topic, 2, 7);
    assert.equal(await documents.readsTopic("pitrix.app", "one"), 0);
    assert.equal(await other.readsTopic("pitrix.app", "one"), 0);
    assert.equal(await other.readsTopic("pitrix.appVersion", "one"), 0);
    assert.equal(await documents.position("reactions", "pitrix.app", 2), 7);
    assert.equal(await other.readsTopic("pitrix.app", "two"), 2);
    assert.equal(await documents.readsTopic("pitrix.app", "two"), 0);
    for (const subscription of ["apps__v1", "reactions"]) {
      assert.equal(await documents.position(subscription, "pitrix.app", 2), 0);
      assert.equal(await documents.position(subscription, "pitrix.appVersion", 2), 7);
    }
  });

  on("the positions of a subscription are forgotten, and of no other", async (documents, other) => {
    for (const subscription of ["apps__v1", "apps__v10", "apps__v"]) await documents.savePosition(subscription, "pitrix.app", 3, 7);
    await documents.savePosition("apps__v1", "pitrix.repo", 0, 9);
    await other.forgetPositions("apps__v1");
    await other.forgetPositions("apps__v1");
    assert.equal(await documents.position("apps__v1", "pitrix.app", 3), undefined);
    assert.equal(await documents.position("apps__v1", "pitrix.repo", 0), undefined);
    assert.equal(await documents.position("apps__v10", "pitrix.app", 3), 7);
    assert.equal(await documents.position("apps__v", "pitrix.app", 3), 7);
  });
};
