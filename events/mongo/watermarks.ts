import type { Db } from "mongodb";
import { nameOf } from "../log/partition.ts";
import type { EventStore, Watermark } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import type { Ready } from "./ready.ts";

type StoredWatermark = Watermark & { readonly _id: string };

/** One document for each partition. The upsert of a lower watermark finds the id taken, and changes nothing. */
export const watermarks = (database: Ready<Db>): Pick<EventStore, "watermarks" | "saveWatermarks"> => {
  const stored = async () => (await database()).collection<StoredWatermark>("watermarks");
  return {
    watermarks: async () => (await (await stored()).find().toArray()).map(({ _id, ...watermark }) => watermark),
    saveWatermarks: async (all) => {
      if (all.length === 0) return;
      const updates = all.map((watermark) => {
        const { topicId, offset } = watermark;
        const filter = { _id: nameOf(watermark), $or: [{ topicId: { $ne: topicId } }, { offset: { $lt: offset } }] };
        return { updateOne: { filter, update: { $set: watermark }, upsert: true } };
      });
      try {
        await (await stored()).bulkWrite(updates, { ordered: false });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    },
  };
};
