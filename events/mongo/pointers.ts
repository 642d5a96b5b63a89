import type { Db } from "mongodb";
import type { Documents, Pointer, Reader } from "../ports.ts";
import { isDuplicate } from "./duplicate.ts";
import type { Ready } from "./ready.ts";

type StoredPointer = Omit<Pointer, "model"> & { readonly _id: string };
type StoredReader = Omit<Reader, "instance"> & { readonly _id: string };

/** Pointers of read models, and the instances that follow them. Both collections hold a few documents. */
export const pointers = (database: Ready<Db>): Pick<Documents, "pointers" | "movePointer" | "readers" | "announce" | "withdraw"> => {
  const stored = async () => (await database()).collection<StoredPointer>("pointers");
  const announced = async () => (await database()).collection<StoredReader>("readers");
  return {
    pointers: async () => (await (await stored()).find().toArray()).map(({ _id: model, ...pointer }) => ({ model, ...pointer })),
    movePointer: async ({ model: _id, ...pointer }) => {
      const collection = await stored();
      try {
        // The upsert of a generation that follows no saved one inserts only the first; any other finds the id taken.
        const before = { _id, generation: pointer.generation - 1 };
        const { matchedCount, upsertedCount } = await collection.updateOne(before, { $set: pointer }, { upsert: pointer.generation === 1 });
        return matchedCount + upsertedCount > 0;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    readers: async () => (await (await announced()).find().toArray()).map(({ _id: instance, ...reader }) => ({ instance, ...reader })),
    announce: async ({ instance: _id, ...reader }) => {
      await (await announced()).updateOne({ _id }, { $set: reader }, { upsert: true });
    },
    withdraw: async (_id) => {
      await (await announced()).deleteOne({ _id });
    },
  };
};
