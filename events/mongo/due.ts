import type { AnyBulkWriteOperation, Collection } from "mongodb";
import type { Commit, EventStore, Place } from "../ports.ts";
import { type CommitDocument, fromDocument, idOf, placeKey, scatter, scatterKey, walkKey } from "./commit-document.ts";

type Mark = "publish" | "effects";
type Due = Pick<EventStore, "due" | "dueBelow" | "dueTimers" | "clear">;

const fieldOf = { publish: "publish", effects: "effect" } as const;
const everything = 2 ** 32;
/** Updates in one round trip. */
const batch = 1000;

/**
 * The due marks. The embedded server reads the whole range of a query before it sorts and limits, so no query may range over
 * a whole backlog: a walk goes in windows of the scattered keys, as wide as a page's worth of marks lies in them.
 */
export const dueMarks = (commits: () => Promise<Collection<CommitDocument>>): Due => {
  const walks = { publish: walk(commits, "publish"), effects: walk(commits, "effects") };
  const timers = timerWalk(commits);
  return {
    due: async (mark, after, limit) => {
      const found = await walks[mark](after, limit);
      return found.map(fromDocument);
    },
    dueBelow: async (mark, stream, version) => {
      const field = fieldOf[mark];
      const range = { $gte: walkKey(stream, 0), $lt: walkKey(stream, version) };
      const found = await (await commits()).find({ [field]: range }).toArray();
      return found.map(fromDocument).sort((left, right) => left.version - right.version);
    },
    dueTimers: async (until, limit) => (await timers(until, limit)).map(fromDocument),
    clear: async (mark, done) => {
      const versions = Map.groupBy(done, ({ commit }) => idOf(commit));
      const updates = [...versions].flatMap(([id, of]) => clearing(mark, id, of));
      const collection = await commits();
      for (let start = 0; start < updates.length; start += batch)
        await collection.bulkWrite(updates.slice(start, start + batch), { ordered: mark !== "publish" });
    },
  };
};
