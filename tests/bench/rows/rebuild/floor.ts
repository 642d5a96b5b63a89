import { MongoClient } from "mongodb";
import { consumeAll, timeIn, typeIn, wireReader } from "../../harness/bare.ts";
import { contentOf } from "../../harness/content.ts";
import { contestant } from "../../harness/contestant.ts";
import { patchOf, type ReadModelInput } from "../../harness/read-model.ts";

type Document = { readonly _id: string };

const fetched = 4 << 20;
const inserted = 1_000;

/** The whole log is folded in memory, and only the final documents are written. */
await contestant(async (input: ReadModelInput) => {
  const client = await new MongoClient(input.url, { writeConcern: { w: "majority" } }).connect();
  const models = client.db(input.database).collection<Document>("clusters");
  const read = wireReader();
  const work = async (begin: () => void) => {
    const documents = new Map<string, Document>();
    await consumeAll(input, { maxBytesPerPartition: fetched, maxBytes: 6 * fetched }, begin, (consumer, had) =>
      consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { messages } }) => {
          for (const message of messages) {
            const patch = patchOf(typeIn(message));
            if (!patch || !message.value || !message.key) continue;
            const _id = message.key.toString().slice("cluster/".length);
            documents.set(_id, Object.assign(documents.get(_id) ?? { _id }, patch(read(message.value), timeIn(message))));
          }
          had(messages.length);
        },
      }),
    );
    const all = [...documents.values()];
    for (let at = 0; at < all.length; at += inserted) await models.insertMany(all.slice(at, at + inserted), { ordered: false });
    return input.events;
  };
  return { work, check: () => contentOf(input.url, input.database, "clusters"), close: () => client.close() };
});
