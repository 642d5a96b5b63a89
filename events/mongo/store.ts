import type { Collection, Db } from "mongodb";
import type { EventStore } from "../ports.ts";
import { claims, nextTurns } from "./claims.ts";
import { type CommitDocument, fromDocument, idOf, placeKey, toDocument } from "./commit-document.ts";
import { dueMarks } from "./due.ts";
import { groupCommit } from "./group-commit.ts";
import { leases } from "./leases.ts";
import { once, type Ready } from "./ready.ts";

/** The event store of one service: a collection with a document a commit. */
export const mongoStore = (database: Ready<Db>, now: () => number): EventStore => {
  const commits = once(async () => prepare(await database()));
  const inserting = once(async () => groupCommit(await commits()));
  return {
    read: async (stream, after) => {
      // By `end` and not by `_id`: it includes the commit that straddles `after`, leaves receipts out, and the embedded server has no range on `_id`.
      const range = { $gt: placeKey(stream, after), $lte: placeKey(stream, Number.MAX_SAFE_INTEGER) };
      const found = await (await commits()).find({ end: range }).sort({ end: 1 }).toArray();
      return found.map(fromDocument);
    },
    append: async (...all) => {
      const collection = await commits();
      const insert = await inserting();
      let done = 0;
      /** Those of the commit that was refused last, which is the first to be tried again. */
      for (let turns: ReadonlyMap<string, number> | undefined; ; ) {
        const inserted = await insert(...all.slice(done).map((commit, index) => toDocument(commit, index === 0 ? turns : undefined)));
        if (inserted > 0) turns = undefined;
        done += inserted;
        const refused = all[done];
        if (refused === undefined) return done;
        const next = await nextTurns(collection, refused.claims);
        // Nobody holds what it claims, and it was not at an outdated turn either: its version or its cause is taken.
        if (next === undefined || refused.claims.every((claim) => next.get(claim) === (turns?.get(claim) ?? 0))) return done;
        turns = next;
      }
    },
    findCause: async (cause) => {
      const found = await (await commits()).findOne({ cause });
      return found === null ? undefined : fromDocument(found);
    },
    caused: async (id, limit) => {
      const collection = await commits();
      // Two reads, each of one index: an `or` would read every commit in the embedded server.
      const found = await Promise.all(
        (["metadata.correlationId", "metadata.actionId"] as const).map((field) =>
          collection
            .find({ [field]: id })
            .sort({ "metadata.time": 1, _id: 1 })
            .limit(limit)
            .toArray(),
        ),
      );
      const all = [...new Map(found.flat().map((document) => [document._id, document])).values()];
      return all.sort(inTime).slice(0, limit).map(fromDocument);
    },
    scan: async (after, limit) => {
      const found = (await commits()).find(after === undefined ? {} : { _id: { $gt: idOf(after) } });
      return (await found.sort({ _id: 1 }).limit(limit).toArray()).map(fromDocument);
    },
    ...claims(commits),
    ...dueMarks(commits),
    ...leases(database, now),
  };
};

const inTime = (a: CommitDocument, b: CommitDocument): number =>
  a.metadata.time === b.metadata.time ? (a._id < b._id ? -1 : 1) : a.metadata.time < b.metadata.time ? -1 : 1;

const prepare = async (database: Db): Promise<Collection<CommitDocument>> => {
  const commits = database.collection<CommitDocument>("commits");
  await commits.createIndexes([
    { key: { end: 1 }, name: "end", sparse: true },
    { key: { cause: 1 }, name: "cause", sparse: true, unique: true },
    { key: { claims: 1 }, name: "claims", sparse: true, unique: true },
    { key: { publish: 1 }, name: "publish", sparse: true },
    { key: { effect: 1 }, name: "effect", sparse: true },
    { key: { "timers.at": 1 }, name: "timers", sparse: true },
    { key: { "metadata.correlationId": 1 }, name: "correlation", sparse: true },
    { key: { "metadata.actionId": 1 }, name: "action", sparse: true },
  ]);
  return commits;
};
