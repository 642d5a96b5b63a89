import type { Collection, Db } from "mongodb";
import type { LogRecord, Parked, Parking } from "../ports.ts";
import { placeKey } from "./commit-document.ts";
import { isDuplicate } from "./duplicate.ts";
import { once, type Ready } from "./ready.ts";

/** Headers as pairs, since their names are not ours to restrict. */
type ParkedDocument = Omit<Parked, "record"> & {
  readonly _id: string;
  readonly record: Omit<LogRecord, "headers"> & { readonly headers: readonly (readonly [string, string])[] };
};

/** What a service's subscriptions have parked: a document an event. */
export const mongoParking = (database: Ready<Db>): Parking => {
  const parked = once(async () => prepare(await database()));
  return {
    add: async (event) => {
      const collection = await parked();
      try {
        await collection.insertOne(toDocument(event));
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    },
    streams: async (subscription) => (await (await parked()).distinct("stream", { subscription })).sort(),
    of: async (subscription, stream) => {
      const found = await (await parked()).find({ subscription, stream }).sort({ version: 1 }).toArray();
      return found.map(fromDocument);
    },
    remove: async (event) => {
      await (await parked()).deleteOne({ _id: idOf(event) });
    },
    list: async (limit) => {
      if (limit <= 0) return [];
      const found = await (await parked()).find({}).sort({ _id: 1 }).limit(limit).toArray();
      return found.map(fromDocument);
    },
  };
};

const idOf = ({ subscription, stream, version }: Parked): string => `${subscription}|${placeKey(stream, version)}`;

const prepare = async (database: Db): Promise<Collection<ParkedDocument>> => {
  const parked = database.collection<ParkedDocument>("parked");
  await parked.createIndexes([{ key: { subscription: 1, stream: 1 }, name: "stream" }]);
  return parked;
};

const toDocument = (event: Parked): ParkedDocument => ({
  ...event,
  _id: idOf(event),
  record: { ...event.record, headers: Object.entries(event.record.headers) },
});

const fromDocument = ({ _id, record, ...event }: ParkedDocument): Parked => ({
  ...event,
  record: { ...record, value: record.value === null ? null : new Uint8Array(record.value), headers: Object.fromEntries(record.headers) },
});
