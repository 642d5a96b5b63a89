import type { AnyBulkWriteOperation, Collection } from "mongodb";
import { chunks } from "../chunks.ts";
import type { EventStore } from "../ports.ts";
import { type CommitDocument, fromDocument, idOf, walkKey } from "./commit-document.ts";
import type { Ready } from "./ready.ts";
import { timerWalk, windowWalk } from "./walk.ts";

type Mark = Parameters<EventStore["clear"]>[0];
type Due = Pick<EventStore, "due" | "dueBelow" | "dueTimers" | "postpone" | "clear">;
type Update = AnyBulkWriteOperation<CommitDocument>;

const fieldOf = { publish: "publish", effects: "effect" } as const;
/** Commits cleared in one round trip: one update of 500 is several times as fast as 500 updates, and a longer list gains nothing. */
const batch = 500;

/** The due marks of the commits: indexed fields that are there as long as work is. */
export const dueMarks = (commits: Ready<Collection<CommitDocument>>): Due => {
  const walks = { publish: windowWalk(commits, "publish"), effects: windowWalk(commits, "effect") };
  const timers = timerWalk(commits);
  return {
    due: async (mark, after, limit) => (await walks[mark](after, limit)).map(fromDocument),
    dueBelow: async (mark, stream, version, limit) => {
      const field = fieldOf[mark];
      const range = { $gte: walkKey(stream, 0), $lt: walkKey(stream, version) };
      const found = await (await commits())
        .find({ [field]: range })
        .sort({ [field]: 1 })
        .limit(limit)
        .toArray();
      return found.map(fromDocument);
    },
    dueTimers: async (until, limit) => (await timers(until, limit)).map(fromDocument),
    postpone: async (commit, version, at) => {
      await (await commits()).updateOne({ _id: idOf(commit), "timers.version": version }, { $set: { "timers.$.at": at } });
    },
    clear: async (mark, done) => {
      const versions = new Map<string, number[]>();
      for (const { commit, version } of done) versions.set(idOf(commit), [...(versions.get(idOf(commit)) ?? []), version]);
      for (const some of chunks([...versions.keys()], batch)) {
        const collection = await commits();
        if (mark === "publish") await collection.updateMany({ _id: { $in: some } }, { $unset: { publish: "" } });
        // Ordered, because a mark's key goes once nothing is left under it.
        else
          await collection.bulkWrite(
            some.flatMap((id) => clearing(mark, id, versions.get(id) ?? [])),
            { ordered: true },
          );
      }
    },
  };
};

const clearing = (mark: Exclude<Mark, "publish">, _id: string, versions: readonly number[]): readonly Update[] => {
  switch (mark) {
    case "effects":
      return [
        { updateOne: { filter: { _id }, update: { $pull: { effects: { $in: versions } } } } },
        { updateOne: { filter: { _id, effects: { $size: 0 } }, update: { $unset: { effect: "", effects: "" } } } },
      ];
    case "timers":
      return [{ updateOne: { filter: { _id }, update: { $pull: { timers: { version: { $in: versions } } } } } }];
  }
};
