import type { AnyBulkWriteOperation, Collection, Db } from "mongodb";
import { chunks } from "../chunks.ts";
import { parkedId } from "../keys.ts";
import type { LogRecord, Parked, ParkedStream, Parking } from "../ports.ts";
import { once, type Ready } from "./ready.ts";

/** Headers are stored as pairs, since any name must be possible. A discarded event stays stored, so that a repeated delivery is recognized. */
type ParkedDocument = Omit<Parked, "record"> & {
  readonly _id: string;
  readonly record: Omit<LogRecord, "headers"> & { readonly headers: readonly (readonly [string, string])[] };
  readonly isDiscarded: boolean;
  /** Present only while a redrive or discard is requested, for a sparse index. */
  readonly wish?: string;
};

/** Number of events in one round trip. */
const batch = 500;

/** The parked events of a service's subscriptions, one document for each. */
export const mongoParking = (database: Ready<Db>): Parking => {
  const collection = once(async () => prepare(await database()));
  const found = async (filter: object, limit = 0): Promise<readonly Parked[]> => {
    const documents = (await collection()).find({ ...filter, isDiscarded: false });
    return (await documents.sort({ _id: 1 }).limit(limit).toArray()).map(fromDocument);
  };
  return {
    add: async (parked) => {
      // In order: after a crash, the stored events are the first ones of their stream. Events that are already stored do not change.
      for (const some of chunks(parked, batch)) await (await collection()).bulkWrite(some.map(insertion), { ordered: true });
    },
    streams: async (subscription, place) => {
      const where = place ? { "record.topic": place.topic, "record.partition": place.partition } : {};
      const groups = await (await collection())
        .aggregate<Omit<ParkedStream, "subscription" | "stream"> & { readonly _id: string }>([
          { $match: { subscription, ...where, isDiscarded: false } },
          { $sort: { _id: 1 } },
          { $group: { _id: "$stream", ...head, last: { $last: "$version" }, events: { $sum: 1 } } },
          { $sort: { _id: 1 } },
        ])
        .toArray();
      return groups.map(({ _id, ...stream }) => ({ subscription, stream: _id, ...stream }));
    },
    of: async (subscription, stream, limit) => {
      if (limit !== undefined && limit <= 0) return [];
      // "A" is the character after "@": the range holds exactly the events of this stream.
      return found({ _id: { $gte: `${subscription}|${stream}@`, $lt: `${subscription}|${stream}A` } }, limit);
    },
    remove: async (parked) => {
      for (const some of chunks(parked, batch)) await (await collection()).deleteMany({ _id: { $in: some.map(parkedId) } });
    },
    again: async (parked) => {
      const { reason, time, attempts, unknownSchema } = parked;
      const change = { $set: { reason, time, attempts, unknownSchema, asked: null }, $unset: { wish: "" as const } };
      await (await collection()).updateOne({ _id: parkedId(parked), isDiscarded: false }, change);
    },
    ask: async (parked, asked) => {
      const change = { $set: { asked, wish: asked.action } };
      return (await (await collection()).updateOne({ _id: parkedId(parked), isDiscarded: false }, change)).matchedCount > 0;
    },
    asked: (subscription) => found({ subscription, wish: { $in: ["redrive", "discard"] } }),
    discard: async (parked) => {
      await (await collection()).updateOne({ _id: parkedId(parked) }, { $set: { isDiscarded: true }, $unset: { wish: "" } });
    },
    discarded: async (subscription) => {
      const documents = (await collection()).find({ subscription, isDiscarded: true }, { projection: { eventId: 1 } });
      return (await documents.toArray()).map(({ eventId }) => eventId);
    },
    inherit: async (from, to) => {
      const documents = (await collection()).find({ subscription: from, isDiscarded: true });
      for await (const { _id, ...document } of documents) {
        const own = { ...document, subscription: to };
        await (await collection()).replaceOne({ _id: parkedId(own) }, own, { upsert: true });
      }
    },
    list: async (limit) => (limit <= 0 ? [] : found({}, limit)),
    forget: async (subscription) => {
      await (await collection()).deleteMany({ subscription });
    },
  };
};

const head = {
  topic: { $first: "$record.topic" },
  partition: { $first: "$record.partition" },
  offset: { $first: "$record.offset" },
  first: { $first: "$version" },
  eventId: { $first: "$eventId" },
  row: { $first: "$row" },
  reason: { $first: "$reason" },
  time: { $first: "$time" },
  attempts: { $first: "$attempts" },
  unknownSchema: { $first: "$unknownSchema" },
  asked: { $first: "$asked" },
};

const prepare = async (database: Db): Promise<Collection<ParkedDocument>> => {
  const parked = database.collection<ParkedDocument>("parked");
  await parked.createIndexes([
    { key: { subscription: 1, "record.topic": 1, "record.partition": 1 }, name: "place" },
    { key: { wish: 1 }, name: "wish", sparse: true },
  ]);
  return parked;
};

const toDocument = (event: Parked): ParkedDocument => ({
  ...event,
  _id: parkedId(event),
  record: { ...event.record, headers: Object.entries(event.record.headers) },
  isDiscarded: false,
  ...(event.asked && { wish: event.asked.action }),
});

const insertion = (event: Parked): AnyBulkWriteOperation<ParkedDocument> => {
  const { _id, ...$setOnInsert } = toDocument(event);
  return { updateOne: { filter: { _id }, update: { $setOnInsert }, upsert: true } };
};

const fromDocument = ({ _id, isDiscarded, wish, record, ...event }: ParkedDocument): Parked => ({
  ...event,
  record: { ...record, value: record.value === null ? null : new Uint8Array(record.value), headers: Object.fromEntries(record.headers) },
});
