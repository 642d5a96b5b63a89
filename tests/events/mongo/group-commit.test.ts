import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Collection, MongoBulkWriteError, MongoNetworkError } from "mongodb";
import { groupCommit } from "../../../events/mongo/group-commit.ts";
import { isMongoOutage } from "../../../events/mongo/outages.ts";

type Document = { readonly _id: string };
/** As the driver makes them: what failed of a batch, or what went wrong with all of it. */
const bulkError = (error: object, insertedCount: number) =>
  new MongoBulkWriteError(error as never, { insertedCount, getWriteConcernError: () => undefined } as never);

/** A collection whose inserts are answered by hand. */
const byHand = () => {
  const calls: {
    readonly ids: readonly string[];
    readonly ordered: boolean;
    readonly done: () => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  const insertMany = (documents: readonly Document[], { ordered }: { readonly ordered: boolean }) =>
    new Promise<void>((resolve, reject) => {
      calls.push({ ids: documents.map(({ _id }) => _id), ordered, done: resolve, fail: reject });
    });
  return { calls, insert: groupCommit({ insertMany } as unknown as Collection<Document>) };
};

/** What was answered has been taken, and what was asked for until then is under way. */
const answered = async (): Promise<void> => {
  await turn();
  await turn();
};

test("what one turn of the event loop brings goes into one insert, and so does what comes while two are under way, in the order of asking", async () => {
  const { calls, insert } = byHand();
  const ask = async (...ids: readonly string[]) => {
    const asked = Promise.all(ids.map((_id) => insert({ _id })));
    await answered();
    return { asked };
  };
  const all = [await ask("a", "b"), await ask("c"), await ask("d"), await ask("e", "f")];
  assert.deepEqual(
    calls.map(({ ids }) => ids),
    [["a", "b"], ["c"]],
  );
  calls[0]?.done();
  await answered();
  assert.deepEqual(calls[2]?.ids, ["d", "e", "f"]);
  for (const { done } of calls) done();
  assert.deepEqual(await Promise.all(all.map(({ asked }) => asked)), [[1, 1], [1], [1], [1, 1]]);
});

test("a duplicate is the trouble of its own document alone", async () => {
  const { calls, insert } = byHand();
  const all = Promise.all(["a", "b", "c"].map((_id) => insert({ _id })));
  await answered();
  calls[0]?.fail(bulkError({ message: "duplicate", code: 11_000, writeErrors: [{ index: 1, code: 11_000 }] }, 2));
  assert.deepEqual(await all, [1, 0, 1]);
});

test("an outage, which the driver wraps, is the outage of every document, and none is taken for stored", async () => {
  const { calls, insert } = byHand();
  const settled = Promise.allSettled(["a", "b"].map((_id) => insert({ _id })));
  await answered();
  for (const { fail } of calls) fail(bulkError(new MongoNetworkError("the connection was closed"), 0));
  for (const each of await settled) {
    assert.equal(each.status, "rejected");
    assert.ok(isMongoOutage(each.reason), String(each.reason));
  }
});

/** What a node says that gives up taking writes in the middle of them. */
const steppedDown = 10_107;

test("a node that steps down is an outage: of the documents that it refused, beside duplicates, or of all where it no longer knows", async () => {
  const { calls, insert } = byHand();
  const some = Promise.allSettled(["a", "b", "c"].map((_id) => insert({ _id })));
  await answered();
  const writeErrors = [
    { index: 0, code: 11_000, errmsg: "duplicate" },
    { index: 1, code: steppedDown, errmsg: "not primary" },
  ];
  calls[0]?.fail(bulkError({ message: "duplicate", code: 11_000, writeErrors }, 1));
  const [first, second, third] = await some;
  assert.deepEqual(
    [first, third],
    [
      { status: "fulfilled", value: 0 },
      { status: "fulfilled", value: 1 },
    ],
  );
  assert.ok(second?.status === "rejected" && isMongoOutage(second.reason), "refused");

  const unknown = Promise.allSettled(["a", "b"].map((_id) => insert({ _id })));
  await answered();
  const result = { insertedCount: 2, getWriteConcernError: () => ({ code: steppedDown }) };
  calls[1]?.fail(new MongoBulkWriteError({ message: "not primary", code: steppedDown } as never, result as never));
  for (const each of await unknown) assert.ok(each.status === "rejected" && isMongoOutage(each.reason), "not known");
});

const chain = ["a", "b", "c"].map((_id) => ({ _id }));

test("documents that build on each other have a round trip of their own, which keeps their order", async () => {
  const { calls, insert } = byHand();
  const all = [insert({ _id: "x" }), insert({ _id: "y" }), insert(...chain)];
  await answered();
  assert.deepEqual(
    calls.map(({ ids, ordered }) => ({ ids, ordered })),
    [
      { ids: ["a", "b", "c"], ordered: true },
      { ids: ["x", "y"], ordered: false },
    ],
  );
  for (const { done } of calls) done();
  assert.deepEqual(await Promise.all(all), [1, 1, 3]);
});

test("the first duplicate ends a chain", async () => {
  const { calls, insert } = byHand();
  const count = insert(...chain);
  calls[0]?.fail(bulkError({ message: "duplicate", code: 11_000, writeErrors: [{ index: 1, code: 11_000 }] }, 1));
  assert.equal(await count, 1);
});

test("an outage, or an answer that does not add up, is the failure of a whole chain", async () => {
  const { calls, insert } = byHand();
  const [outage, odd] = [insert(...chain), insert(...chain)];
  calls[0]?.fail(bulkError(new MongoNetworkError("the connection was closed"), 0));
  calls[1]?.fail(bulkError({ message: "duplicate", code: 11_000, writeErrors: [{ index: 2, code: 11_000 }] }, 1));
  await assert.rejects(outage, (error: unknown) => isMongoOutage(error));
  await assert.rejects(odd);
});
