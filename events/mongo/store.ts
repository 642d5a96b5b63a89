import type { Collection, Db } from "mongodb";
import type { EventStore } from "../ports.ts";
import { type CommitDocument, fromDocument, idOf, placeKey, toDocument } from "./commit-document.ts";
import { dueMarks } from "./due.ts";
import { isDuplicate } from "./duplicate.ts";
import { leases } from "./leases.ts";
import { once } from "./ready.ts";

/** The event store of one service: a collection with a document a commit. */
export const mongoStore = (database: Db, now: () => number): EventStore => {
  const commits = once(() => prepare(database));
  return {
    read: async (stream, after) => {
      // By `end` and not by `_id`: it includes the commit that straddles `after`, leaves receipts out, and the embedded server has no range on `_id`.
      const range = { $gt: placeKey(stream, after), $lte: `${stream}@${"9".repeat(12)}` };
      const found = await (await commits()).find({ end: range }).sort({ end: 1 }).toArray();
      return found.map(fromDocument);
    },
    append: async (commit) => {
      const document = toDocument(commit);
      const collection = await commits();
      try {
        await collection.insertOne(document);
        return "appended";
      } catch (error) {
        if (isDuplicate(error)) return "conflict";
        throw error;
      }
    },
    findCause: async (cause) => {
      const found = await (await commits()).findOne({ cause });
      return found === null ? undefined : fromDocument(found);
    },
    findClaim: async (claim) => {
      const found = await (await commits()).findOne({ claims: claim });
      return found === null ? undefined : fromDocument(found);
    },
    releaseClaim: async (commit, claim) => {
      await (await commits()).updateOne({ _id: idOf(commit) }, { $pull: { claims: claim } });
    },
    ...dueMarks(commits),
    ...leases(database, now),
  };
};

const prepare = async (database: Db): Promise<Collection<CommitDocument>> => {
  const commits = database.collection<CommitDocument>("commits");
  await commits.createIndexes([
    { key: { end: 1 }, name: "end", sparse: true },
    { key: { cause: 1 }, name: "cause", sparse: true, unique: true },
    { key: { claims: 1 }, name: "claims", sparse: true, unique: true },
    { key: { publish: 1 }, name: "publish", sparse: true },
    { key: { effect: 1 }, name: "effect", sparse: true },
    { key: { "timers.at": 1 }, name: "timers", sparse: true },
  ]);
  return commits;
};
