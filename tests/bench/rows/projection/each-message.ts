import { MongoClient } from "mongodb";
import { consumeAll, timeIn, typeIn, wireReader } from "../../harness/bare.ts";
import { contentOf } from "../../harness/content.ts";
import { contestant } from "../../harness/contestant.ts";
import { patchOf, type ReadModelInput } from "../../harness/read-model.ts";

/** An update an event, one after the other: kafkajs as it comes, and the handler that most people write first. */
await contestant(async (input: ReadModelInput) => {
  const client = await new MongoClient(input.url, { writeConcern: { w: "majority" } }).connect();
  const models = client.db(input.database).collection<{ readonly _id: string }>("clusters");
  const read = wireReader();
  const work = async (begin: () => void) => {
    await consumeAll(input, {}, begin, (consumer, had) =>
      consumer.run({
        eachMessage: async ({ message }) => {
          const patch = patchOf(typeIn(message));
          if (patch && message.value && message.key) {
            const _id = message.key.toString().slice("cluster/".length);
            await models.updateOne({ _id }, { $set: patch(read(message.value), timeIn(message)) }, { upsert: true });
          }
          had(1);
        },
      }),
    );
    return input.events;
  };
  return { work, check: () => contentOf(input.url, input.database, "clusters"), close: () => client.close() };
});
