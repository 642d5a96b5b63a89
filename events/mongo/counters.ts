import type { Db } from "mongodb";
import type { Documents } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import { once, type Ready } from "./ready.ts";

type Counter = { readonly _id: string; readonly count: number; readonly until: number; readonly expires: Date };

/** Counters as documents, which the server removes within a minute after they have expired. */
export const counters = (database: Ready<Db>): Documents["add"] => {
  const all = once(async () => {
    const collection = (await database()).collection<Counter>("counters");
    await collection.createIndex({ expires: 1 }, { expireAfterSeconds: 0 });
    return collection;
  });
  return async (counter, amount, now, milliseconds) => {
    if (amount === 0) {
      const found = await (await all()).findOne({ _id: counter });
      return found && found.until > now ? { count: found.count, until: found.until } : { count: 0, until: now + milliseconds };
    }
    const isRunning = { $gt: ["$until", now] };
    const until = { $cond: [isRunning, "$until", now + milliseconds] };
    const count = { $max: [0, { $add: [{ $cond: [isRunning, "$count", 0] }, amount] }] };
    for (let attempt = 1; ; attempt++) {
      try {
        const update = [{ $set: { count, until, expires: { $toDate: until } } }];
        const found = await (await all()).findOneAndUpdate({ _id: counter }, update, { upsert: true, returnDocument: "after" });
        return { count: found?.count ?? 0, until: found?.until ?? now };
      } catch (error) {
        // Two that add to a new counter at once may both insert it.
        if (attempt > 3 || !isDuplicate(error)) throw error;
      }
    }
  };
};
