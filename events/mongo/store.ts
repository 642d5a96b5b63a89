import type { Collection, Db, Filter } from "mongodb";
import { commitId, positionKey } from "../keys.ts";
import type { Commit, EventStore } from "../ports.ts";
import { type CommitDocument, fromDocument, toDocument } from "./commit-document.ts";
import { dueMarks } from "./due.ts";
import { isDuplicate } from "./duplicate.ts";
import { groupCommit } from "./group-commit.ts";
import { leases } from "./leases.ts";
import { once, type Ready } from "./ready.ts";
import { watermarks } from "./watermarks.ts";

/** The event store of one service: a collection with one document for each commit. */
export const mongoStore = (database: Ready<Db>, now: () => number): EventStore => {
  const commits = once(async () => prepare(await database()));
  const inserting = once(async () => groupCommit(await commits()));
  const one = async (filter: Filter<CommitDocument>): Promise<Commit | undefined> => {
    const found = await (await commits()).findOne(filter);
    return found === null ? undefined : fromDocument(found);
  };
  return {
    read: async (stream, after) => {
      const collection = await commits();
      const [first, next] = [positionKey(stream, 0), positionKey(stream, after + 1)];
      const beyond = collection.find({ _id: { $gte: next, $lte: positionKey(stream, Number.MAX_SAFE_INTEGER) } }).sort({ _id: 1 });
      // The last commit that starts at or before `after` may contain events after it, too.
      const before = collection
        .find({ _id: { $gte: first, $lt: next } })
        .sort({ _id: -1 })
        .limit(1);
      const found = await Promise.all([after > 0 ? before.toArray() : [], beyond.toArray()]);
      return found
        .flat()
        .filter(({ version, events }) => version + events.length - 1 > after)
        .map(fromDocument);
    },
    append: async (...all) => (await inserting())(...all.map(toDocument)),
    findCause: (cause) => one({ cause }),
    findClaim: (claim) => one({ claims: claim }),
    releaseClaim: async (commit, claim) => {
      const left = { $filter: { input: "$claims", cond: { $ne: ["$$this", { $literal: claim }] } } };
      // Removes the field with the last claim: the unique index would reject a second commit with an empty list.
      const claims = { $cond: [{ $eq: ["$claims", []] }, "$$REMOVE", "$claims"] };
      await (await commits()).updateOne({ _id: commitId(commit), claims: claim }, [{ $set: { claims: left } }, { $set: { claims } }]);
    },
    addClaim: async (commit, claim) => {
      try {
        const { matchedCount } = await (await commits()).updateOne({ _id: commitId(commit) }, { $addToSet: { claims: claim } });
        return matchedCount === 1;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    caused: async (id, limit) => {
      const found = (await commits()).find({ $or: [{ "metadata.correlationId": id }, { "metadata.actionId": id }] });
      return (await found.sort({ "metadata.time": 1, _id: 1 }).limit(limit).toArray()).map(fromDocument);
    },
    scan: async (after, limit) => {
      const found = (await commits()).find(after === undefined ? {} : { _id: { $gt: commitId(after) } });
      return (await found.sort({ _id: 1 }).limit(limit).toArray()).map(fromDocument);
    },
    ...dueMarks(commits),
    ...watermarks(database),
    ...leases(database, now),
  };
};

const prepare = async (database: Db): Promise<Collection<CommitDocument>> => {
  const commits = database.collection<CommitDocument>("commits");
  await commits.createIndexes([
    { key: { cause: 1 }, name: "cause", sparse: true, unique: true },
    { key: { claims: 1 }, name: "claims", sparse: true, unique: true },
    { key: { publish: 1, _id: 1 }, name: "publish", partialFilterExpression: { publish: true } },
    { key: { effect: 1, _id: 1 }, name: "effect", partialFilterExpression: { effect: true } },
    { key: { timer: 1, _id: 1 }, name: "timer", partialFilterExpression: { timer: { $exists: true } } },
    { key: { "metadata.correlationId": 1 }, name: "correlation", sparse: true },
    { key: { "metadata.actionId": 1 }, name: "action", sparse: true },
  ]);
  return commits;
};
