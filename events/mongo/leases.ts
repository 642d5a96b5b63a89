import type { Db } from "mongodb";
import type { EventStore } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import type { Ready } from "./ready.ts";

type Lease = { readonly _id: string; readonly holder: string; readonly until: number };

/**
 * Leases as documents. The upsert takes a free or expired lease; for a held lease it fails with a duplicate key. A lease that ends later than
 * any new lease would was taken with a wrong clock, and counts as free.
 */
export const leases = (database: Ready<Db>, now: () => number): Pick<EventStore, "lease" | "release"> => {
  const held = async () => (await database()).collection<Lease>("leases");
  return {
    lease: async (name, holder, milliseconds) => {
      const time = now();
      const free = { _id: name, $or: [{ holder }, { until: { $lte: time } }, { until: { $gt: time + milliseconds } }] };
      try {
        await (await held()).updateOne(free, { $set: { holder, until: time + milliseconds } }, { upsert: true });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    release: async (name, holder) => {
      await (await held()).deleteOne({ _id: name, holder });
    },
  };
};
