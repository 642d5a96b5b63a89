import type { AnyBulkWriteOperation, Collection, Document, Filter } from "mongodb";
import { chunks } from "../chunks.ts";
import { commitId, positionKey } from "../keys.ts";
import type { EventStore } from "../ports.ts";
import { type CommitDocument, fromDocument } from "./commit-document.ts";
import type { Ready } from "./ready.ts";

type Mark = Parameters<EventStore["clear"]>[0];
type Due = Pick<EventStore, "due" | "dueBelow" | "dueTimers" | "postpone" | "clear">;

type Scan = { readonly index: string; readonly due: Filter<CommitDocument>; readonly sort: Readonly<Record<string, 1>> };

const scans: Readonly<Record<Mark, Scan>> = {
  publish: { index: "publish", due: { publish: true }, sort: { _id: 1 } },
  effects: { index: "effect", due: { effect: true }, sort: { _id: 1 } },
  timers: { index: "timer", due: {}, sort: { timer: 1, _id: 1 } },
};
/** Number of commits that one round trip clears. */
const batch = 2_000;

/** The due marks of the commits. Each mark has a partial index that contains only the due commits, in the order of the scan. */
export const dueMarks = (commits: Ready<Collection<CommitDocument>>): Due => {
  const scan = async (mark: Mark, filter: Filter<CommitDocument>, limit: number) => {
    if (limit <= 0) return [];
    const { index, sort, due } = scans[mark];
    // Without the hint, the server may choose the index on all commits while most of them are due, and continue to use it later.
    const found = (await commits()).find({ ...due, ...filter }, { hint: index }).sort(sort);
    return (await found.limit(limit).toArray()).map(fromDocument);
  };
  return {
    due: (mark, after, limit) => scan(mark, after ? { _id: { $gt: positionKey(after.stream, after.version) } } : {}, limit),
    dueBelow: (mark, stream, version, limit) =>
      scan(mark, { _id: { $gte: positionKey(stream, 0), $lt: positionKey(stream, version) } }, limit),
    dueTimers: (until, limit) => scan("timers", { timer: { $lte: until } }, limit),
    postpone: async (commit, version, at) => {
      await (await commits()).updateOne({ _id: commitId(commit), "timers.version": version }, withTimers(postponed(version, at)));
    },
    clear: async (mark, done) => {
      const versions = new Map<string, number[]>();
      for (const { commit, version } of done) versions.set(commitId(commit), [...(versions.get(commitId(commit)) ?? []), version]);
      for (const some of chunks([...versions.keys()], batch)) {
        const collection = await commits();
        // One update of many documents is several times as fast as one update for each.
        if (mark === "publish") await collection.updateMany({ _id: { $in: some } }, { $unset: { publish: "" } });
        else
          await collection.bulkWrite(
            some.map((id) => clearing(mark, id, versions.get(id) ?? [])),
            { ordered: false },
          );
      }
    },
  };
};

const clearing = (mark: Exclude<Mark, "publish">, _id: string, versions: readonly number[]): AnyBulkWriteOperation<CommitDocument> => ({
  updateOne: {
    filter: { _id },
    update:
      mark === "effects"
        ? withEffects(without("$effects", "$$this", versions))
        : withTimers(without("$timers", "$$this.version", versions)),
  },
});

/** An expression: the list without the elements of these versions. */
const without = (list: string, version: string, versions: readonly number[]): Document => ({
  $filter: { input: { $ifNull: [list, []] }, cond: { $not: { $in: [version, versions] } } },
});

const postponed = (version: number, at: number): Document => ({
  $map: { input: "$timers", in: { $cond: [{ $eq: ["$$this.version", version] }, { version, at }, "$$this"] } },
});

/** An expression: the value, or no field if the list is empty. */
const ifAny = (list: string, value: unknown): Document => ({ $cond: [{ $eq: [{ $size: list }, 0] }, "$$REMOVE", value] });

const withEffects = (effects: Document): Document[] => [
  { $set: { effects } },
  { $set: { effects: ifAny("$effects", "$effects"), effect: ifAny("$effects", true) } },
];
const withTimers = (timers: Document): Document[] => [
  { $set: { timers } },
  { $set: { timers: ifAny("$timers", "$timers"), timer: ifAny("$timers", { $min: "$timers.at" }) } },
];
