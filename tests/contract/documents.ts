import assert from "node:assert/strict";
import type { Documents, DocumentWrite, StoredDocument } from "../../events/ports.ts";
import { queryContract } from "./documents-query.ts";
import { scanContract } from "./documents-scan.ts";
import { type MakeGround, onGround } from "./fixture.ts";

export const documentOf = (id: string, version: number, value: StoredDocument["value"] = { name: id }): StoredDocument => ({
  id,
  stream: `cluster/${id}`,
  version,
  deleted: false,
  value,
});
const from = (expected: number, document: StoredDocument): DocumentWrite => ({ document, expected });
export const everything = { where: [], offset: 0, limit: 100 };

/** What every store of read models must do. */
export const documentsContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (documents: Documents, other: Documents) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, async (fixture) => {
      const { documents } = fixture.instance();
      await documents.ensure("clusters__v1", ["status", "owner.path"]);
      await body(documents, fixture.instance().documents);
    });

  on("a document comes back as it was given", async (documents, other) => {
    const value = {
      id: "not the document's",
      name: "żółć 集群 🚀",
      empty: null,
      count: 0,
      large: 2 ** 45,
      ratio: 0.25,
      ready: false,
      list: [],
      nodes: [{ id: "n-1", addresses: ["127.0.0.1"], "key.with/dots": 1, $dollar: 2, _underscore: 3 }],
      nested: { deep: { er: [1, [2]] } },
    };
    const document = documentOf("cl-1", 3, value);
    assert.equal(await documents.write("clusters__v1", [from(0, document)]), true);
    assert.deepEqual(await other.get("clusters__v1", ["cl-1"]), [document]);
    assert.deepEqual(await other.find("clusters__v1", everything), { total: 1, documents: [document] });
  });

  on("a field that is undefined is absent, and what a caller changes afterwards stays as it was", async (documents) => {
    const value = { name: "a", gone: undefined, list: ["x"] };
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1, value))]);
    value.list.push("y");
    const [stored] = await documents.get("clusters__v1", ["cl-1"]);
    assert.deepEqual(stored?.value, { name: "a", list: ["x"] });
  });

  on("names that the backbone uses itself are refused, and nothing is written", async (documents) => {
    for (const field of ["_id", "_version", "_x", "$set", "a.b"])
      await assert.rejects(documents.write("clusters__v1", [from(0, documentOf("ok", 1)), from(0, documentOf("cl-1", 1, { [field]: 1 }))]));
    assert.deepEqual(await documents.get("clusters__v1", ["ok", "cl-1"]), []);
  });

  on("only those that are there are given, tombstones too", async (documents) => {
    const tombstone = { ...documentOf("cl-2", 5, {}), deleted: true };
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1)), from(0, tombstone)]);
    const got = await documents.get("clusters__v1", ["cl-2", "none", "cl-1", "cl-1"]);
    assert.deepEqual(byId(got), [documentOf("cl-1", 1), tombstone]);
    assert.deepEqual(await documents.get("clusters__v1", []), []);
    assert.deepEqual(await documents.get("never__v1", ["cl-1"]), []);
    assert.deepEqual(await documents.find("clusters__v1", everything), { total: 1, documents: [documentOf("cl-1", 1)] });
  });

  on("many that read at once get their own each, and nobody what was there before a write that it has seen", async (documents) => {
    await documents.write(
      "clusters__v1",
      ["a", "b", "c"].map((id) => from(0, documentOf(id, 1))),
    );
    const asked = [["a"], ["b", "none"], ["c", "a"], [], ["a"]];
    const got = await Promise.all(asked.map((ids) => documents.get("clusters__v1", ids)));
    assert.deepEqual(
      got.map((found) => byId(found).map(({ id }) => id)),
      [["a"], ["b"], ["a", "c"], [], ["a"]],
    );
    for (let version = 2; version < 12; version++) {
      const before = documents.get("clusters__v1", ["a"]);
      await documents.write("clusters__v1", [from(version - 1, documentOf("a", version))]);
      const [after] = await documents.get("clusters__v1", ["a"]);
      assert.equal(after?.version, version);
      await before;
    }
  });

  on("a write replaces the whole document it was folded from", async (documents) => {
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1, { name: "a", status: "pending" }))]);
    assert.equal(await documents.write("clusters__v1", [from(1, documentOf("cl-1", 4, { name: "b" }))]), true);
    assert.deepEqual(await documents.get("clusters__v1", ["cl-1"]), [documentOf("cl-1", 4, { name: "b" })]);
  });

  on("a write folded from another version misses and changes nothing, while the others of its batch succeed", async (documents, other) => {
    await documents.write("clusters__v1", [from(0, documentOf("old", 3)), from(0, documentOf("hit", 3)), from(0, documentOf("there", 3))]);
    const areWritten = await other.write("clusters__v1", [
      from(2, documentOf("old", 4, { name: "lost" })),
      from(3, documentOf("hit", 5)),
      from(7, documentOf("absent", 8)),
      from(0, documentOf("there", 9)),
      from(0, documentOf("new", 1)),
    ]);
    assert.equal(areWritten, false);
    const got = await documents.get("clusters__v1", ["old", "hit", "absent", "there", "new"]);
    assert.deepEqual(byId(got), [documentOf("hit", 5), documentOf("new", 1), documentOf("old", 3), documentOf("there", 3)]);
  });

  on("a write that stands there already is told from one that was made, and changes nothing", async (documents, other) => {
    const writes = [from(0, documentOf("a", 1)), from(0, documentOf("b", 2))];
    assert.equal(await documents.write("clusters__v1", writes), true);
    assert.equal(await other.write("clusters__v1", [from(0, documentOf("a", 1, { name: "folded from what was not read" }))]), false);
    assert.deepEqual(await documents.get("clusters__v1", ["a"]), [documentOf("a", 1)]);
    assert.equal(await documents.write("clusters__v1", []), true);
  });

  on("of several that write the same new document at different versions exactly one wins", async (documents, other) => {
    const versions = Array.from({ length: 20 }, (_, index) => index + 1);
    const answers = await Promise.all(
      versions.map((version) => (version % 2 ? documents : other).write("clusters__v1", [from(0, documentOf("cl-1", version))])),
    );
    const winners = versions.filter((_, index) => answers[index]);
    assert.equal(winners.length, 1);
    assert.deepEqual(await documents.get("clusters__v1", ["cl-1"]), [documentOf("cl-1", winners[0] ?? 0)]);
  });

  on("of several that fold the same document on exactly one wins", async (documents, other) => {
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1))]);
    const versions = Array.from({ length: 20 }, (_, index) => index + 2);
    const answers = await Promise.all(
      versions.map((version) => (version % 2 ? documents : other).write("clusters__v1", [from(1, documentOf("cl-1", version))])),
    );
    assert.equal(answers.filter((isWritten) => isWritten).length, 1);
  });

  on("a tombstone keeps its version, is not found, and may come alive again", async (documents) => {
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1))]);
    const tombstone = { ...documentOf("cl-1", 4, {}), deleted: true };
    assert.equal(await documents.write("clusters__v1", [from(1, tombstone)]), true);
    assert.deepEqual(await documents.get("clusters__v1", ["cl-1"]), [tombstone]);
    assert.equal((await documents.find("clusters__v1", everything)).total, 0);
    assert.equal(await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1))]), false);
    assert.equal(await documents.write("clusters__v1", [from(4, documentOf("cl-1", 5))]), true);
    assert.equal((await documents.find("clusters__v1", everything)).total, 1);
  });

  on("a batch of 1200 is written whole", async (documents) => {
    const writes = Array.from({ length: 1200 }, (_, index) => from(0, documentOf(`cl-${index}`, 1)));
    assert.equal(await documents.write("clusters__v1", writes), true);
    assert.equal((await documents.find("clusters__v1", everything)).total, 1200);
    assert.equal(
      (
        await documents.get(
          "clusters__v1",
          writes.map(({ document }) => document.id),
        )
      ).length,
      1200,
    );
  });

  on("preparing a collection again, or by two at once, is harmless", async (documents, other) => {
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1))]);
    await Promise.all([
      documents.ensure("clusters__v1", ["status"]),
      other.ensure("clusters__v1", ["status", "name"]),
      other.ensure("apps__v1", []),
    ]);
    assert.equal((await other.find("clusters__v1", everything)).total, 1);
    assert.equal((await other.find("apps__v1", everything)).total, 0);
  });

  on("a counter adds up until its time is over, and is never below 0", async (documents, other) => {
    const now = Date.now();
    const add = (amount: number, after: number, by = documents) => by.add("guesses", amount, now + after, 60_000);
    assert.deepEqual(await add(1, 0), { count: 1, until: now + 60_000 });
    assert.deepEqual(await add(2, 10_000, other), { count: 3, until: now + 60_000 });
    assert.deepEqual(await add(-1, 59_999), { count: 2, until: now + 60_000 });
    assert.deepEqual(await add(1, 60_000), { count: 1, until: now + 120_000 });
    assert.deepEqual(await add(-5, 60_001), { count: 0, until: now + 120_000 });
    assert.deepEqual(await documents.add("others", -1, now, 1_000), { count: 0, until: now + 1_000 });
  });

  on("who adds 0 to a counter reads it, and makes none", async (documents, other) => {
    const now = Date.now();
    const add = (amount: number, milliseconds: number, by = documents) => by.add("read", amount, now, milliseconds);
    assert.deepEqual(await add(0, 1_000), { count: 0, until: now + 1_000 });
    assert.deepEqual(await add(2, 60_000), { count: 2, until: now + 60_000 });
    assert.deepEqual(await add(0, 1_000, other), { count: 2, until: now + 60_000 });
  });

  on("what is added at once to a new counter all counts", async (documents, other) => {
    const now = Date.now();
    await Promise.all(Array.from({ length: 40 }, (_, nth) => (nth % 2 ? documents : other).add("at once", 1, now, 60_000)));
    assert.equal((await documents.add("at once", 0, now, 60_000)).count, 40);
  });

  onGround(`${name}: positions and documents outlive a restart`, make, async (fixture) => {
    const { documents } = fixture.instance();
    assert.equal(await documents.position("clusters", "pitrix.cluster", 0), undefined);
    await documents.savePosition("clusters", "pitrix.cluster", 0, 7);
    await documents.savePosition("clusters", "pitrix.cluster", 0, 2 ** 40);
    await documents.savePosition("clusters", "pitrix.cluster", 10, 3);
    await documents.savePosition("clusters", "pitrix.app", 0, 0);
    await documents.write("clusters__v1", [from(0, documentOf("cl-1", 1))]);
    await fixture.restart();
    const after = fixture.instance().documents;
    assert.equal(await after.position("clusters", "pitrix.cluster", 0), 2 ** 40);
    assert.equal(await after.position("clusters", "pitrix.cluster", 10), 3);
    assert.equal(await after.position("clusters", "pitrix.cluster", 1), undefined);
    assert.equal(await after.position("clusters", "pitrix.app", 0), 0);
    assert.equal(await after.position("other", "pitrix.app", 0), undefined);
    assert.deepEqual(await after.get("clusters__v1", ["cl-1"]), [documentOf("cl-1", 1)]);
  });

  queryContract(name, make);
  scanContract(name, make);
};

const byId = (documents: readonly StoredDocument[]): readonly StoredDocument[] =>
  [...documents].sort((left, right) => (left.id < right.id ? -1 : 1));
