import { type AnyBulkWriteOperation, MongoClient } from "mongodb";
import { consumeAll, timeIn, typeIn, wireReader } from "../../harness/bare.ts";
import { contentOf } from "../../harness/content.ts";
import { contestant } from "../../harness/contestant.ts";
import { patchOf, type ReadModelInput } from "../../harness/read-model.ts";

type Document = { readonly _id: string };

/** An update an event, in their order, a bulk a batch. */
await contestant(async (input: ReadModelInput) => {
  const client = await new MongoClient(input.url, { writeConcern: { w: "majority" } }).connect();
  const models = client.db(input.database).collection<Document>("clusters");
  const read = wireReader();
  const work = async (begin: () => void) => {
    await consumeAll(input, {}, begin, (consumer, had) =>
      consumer.run({
        partitionsConsumedConcurrently: 6,
        eachBatch: async ({ batch: { messages } }) => {
          const operations = messages.flatMap((message): AnyBulkWriteOperation<Document>[] => {
            const patch = patchOf(typeIn(message));
            if (!patch || !message.value || !message.key) return [];
            const _id = message.key.toString().slice("cluster/".length);
            return [{ updateOne: { filter: { _id }, update: { $set: patch(read(message.value), timeIn(message)) }, upsert: true } }];
          });
          if (operations.length > 0) await models.bulkWrite(operations);
          had(messages.length);
        },
      }),
    );
    return input.events;
  };
  return { work, check: () => contentOf(input.url, input.database, "clusters"), close: () => client.close() };
});
