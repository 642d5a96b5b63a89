import type { Db } from "mongodb";
import type { EventStore } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import type { Ready } from "./ready.ts";

type Held = { readonly _id: string; readonly holder: string; readonly since?: number; readonly until: number };

/**
 * Leases as documents. The upsert takes a free or expired lease; for a held lease it fails with a duplicate key. A lease that ends later than
 * any new lease would was taken with a wrong clock, and counts as free.
 */
export const leases = (database: Ready<Db>, now: () => number): Pick<EventStore, "lease" | "leases" | "release"> => {
  const held = async () => (await database()).collection<Held>("leases");
  return {
    lease: async (name, holder, milliseconds) => {
      const time = now();
      const free = { _id: name, $or: [{ holder }, { until: { $lte: time } }, { until: { $gt: time + milliseconds } }] };
      try {
        const isRenewed = { $and: [{ $eq: ["$holder", { $literal: holder }] }, { $gt: ["$until", time] }] };
        const since = { $cond: [isRenewed, { $ifNull: ["$since", time] }, time] };
        const taken = { $set: { holder: { $literal: holder }, since, until: time + milliseconds } };
        await (await held()).updateOne(free, [taken], { upsert: true });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    release: async (name, holder) => {
      await (await held()).deleteOne({ _id: name, holder });
    },
    leases: async (limit) => {
      const found = (await held()).find({ until: { $gt: now() } }).sort({ _id: 1 });
      return (await found.limit(limit).toArray()).map(({ _id: name, holder, since = null, until }) => ({ name, holder, since, until }));
    },
  };
};
