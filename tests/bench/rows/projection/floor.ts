import { type AnyBulkWriteOperation, MongoClient } from "mongodb";
import { consumeAll, timeIn, typeIn, wireReader } from "../../harness/bare.ts";
import { contentOf } from "../../harness/content.ts";
import { contestant } from "../../harness/contestant.ts";
import { patchOf, type ReadModelInput } from "../../harness/read-model.ts";

type Document = { readonly _id: string };
/** What a partition's documents are to become, and which of them are new. */
type Unwritten = { readonly patches: Map<string, object>; readonly fresh: Set<string> };

/** So far behind the end, in records, and up to so many documents in memory, writing waits: many events become one write. */
const far = 1_000;
const heldBack = 25_000;
const written = 1_000;
const fetched = 1 << 20;

/** Decoded, folded by key, written in unordered bulks, then the offset: as a live read model that is behind would at its fastest. Nothing is read or checked. */
await contestant(async (input: ReadModelInput) => {
  const client = await new MongoClient(input.url, { writeConcern: { w: "majority" } }).connect();
  const models = client.db(input.database).collection<Document>("clusters");
  const read = wireReader();
  const partitions = new Map<number, Unwritten>();

  const write = async ({ patches, fresh }: Unwritten): Promise<void> => {
    const operations: AnyBulkWriteOperation<Document>[] = [];
    for (const [_id, $set] of patches)
      operations.push(
        fresh.has(_id) ? { insertOne: { document: { ...$set, _id } } } : { updateOne: { filter: { _id }, update: { $set } } },
      );
    for (let at = 0; at < operations.length; at += written) await models.bulkWrite(operations.slice(at, at + written), { ordered: false });
  };

  const work = async (begin: () => void) => {
    await consumeAll(input, { maxBytesPerPartition: fetched, maxBytes: 6 * fetched }, begin, (consumer, had) =>
      consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 6,
        eachBatch: async ({ batch: { topic, partition, messages, highWatermark } }) => {
          const unwritten = partitions.get(partition) ?? { patches: new Map(), fresh: new Set() };
          partitions.set(partition, unwritten);
          const { patches, fresh } = unwritten;
          for (const message of messages) {
            const type = typeIn(message);
            const patch = patchOf(type);
            if (!patch || !message.value || !message.key) continue;
            const id = message.key.toString().slice("cluster/".length);
            if (type === "ClusterRequested") fresh.add(id);
            patches.set(id, Object.assign(patches.get(id) ?? {}, patch(read(message.value), timeIn(message))));
          }
          const next = Number(messages.at(-1)?.offset ?? 0) + 1;
          const held = [...partitions.values()].reduce((sum, each) => sum + each.patches.size, 0);
          if (Number(highWatermark) - next <= far || held > heldBack) {
            partitions.delete(partition);
            await write(unwritten);
            await consumer.commitOffsets([{ topic, partition, offset: String(next) }]);
          }
          had(messages.length);
        },
      }),
    );
    return input.events;
  };
  return { work, check: () => contentOf(input.url, input.database, "clusters"), close: () => client.close() };
});
