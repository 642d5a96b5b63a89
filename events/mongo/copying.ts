import { BSON, MongoClient } from "mongodb";
import { withOutages } from "../outage.ts";
import type { CommitDocument } from "./commit-document.ts";
import { isMongoOutage } from "./outages.ts";
import { readAgain } from "./read-again.ts";

/** A document of a store, as its bytes in BSON. */
export type StoredItem = { readonly collection: string; readonly document: Uint8Array };

/** What belongs to running instances, or to one Kafka, and not to the service. */
const PASSING = new Set(["leases", "readers", "topicIds"]);
const BATCH = 500;

/** The whole data of a service, to be moved to another store. */
export const storeCopy = ({ url, database: name }: { readonly url: string; readonly database: string }) => {
  const client = new MongoClient(url, {
    appName: `${name}-copy`,
    writeConcern: { w: "majority" },
    readConcern: { level: "majority" },
    readPreference: "primary",
    serverSelectionTimeoutMS: 3_000,
  });
  const database = client.db(name);
  const collections = async (): Promise<readonly string[]> =>
    (await database.listCollections({ type: "collection" }, { nameOnly: true }).toArray())
      .map((each) => each.name)
      .filter((each) => !PASSING.has(each) && !each.startsWith("system."))
      .sort();
  return {
    ...withOutages(
      {
        /** The number of documents; 0: there is nothing. */
        count: async (): Promise<number> => {
          let sum = 0;
          for (const each of await collections()) sum += await database.collection(each).countDocuments();
          return sum;
        },
        /** Inserts documents; one that is there already is an error. */
        write: async (collection: string, documents: readonly Uint8Array[]): Promise<void> => {
          // The exact types of numbers are kept.
          const read = (bytes: Uint8Array) => BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false });
          await database.collection(collection).insertMany(documents.map(read), { ordered: true });
        },
        /** Marks all commits of an aggregate to be published again, in the order of their streams. Returns their number. */
        republish: async (aggregate: string): Promise<number> => {
          // "0" is the character after "/": the range holds exactly the streams of this aggregate. A receipt has no event.
          const published = { _id: { $gte: `${aggregate}/`, $lt: `${aggregate}0` }, "events.0": { $exists: true } };
          return (await database.collection<CommitDocument>("commits").updateMany(published, { $set: { publish: true } })).matchedCount;
        },
        /** Lets every subscription read a topic from its start. Returns the number of positions. */
        readAgain: (topic: string): Promise<number> => readAgain(database.collection("positions"), topic),
        close: () => client.close(),
      },
      isMongoOutage,
    ),
    /** Every document, by collection and id. */
    async *read(): AsyncGenerator<StoredItem> {
      for (const collection of await collections()) {
        const found = database.collection(collection).find({}, { raw: true, batchSize: BATCH }).sort({ _id: 1 });
        // With `raw` the driver returns BSON bytes; its type says documents.
        for await (const document of found) yield { collection, document: Buffer.from(document as unknown as Uint8Array) };
      }
    },
  };
};
export type StoreCopy = ReturnType<typeof storeCopy>;
