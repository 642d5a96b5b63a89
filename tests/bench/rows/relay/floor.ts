import { MongoClient } from "mongodb";
import { partitionOf } from "../../../../events/log/partition.ts";
import type { CommitDocument } from "../../../../events/mongo/commit-document.ts";
import { PARTITIONS } from "../../../../events/run.ts";
import { contestant } from "../../harness/contestant.ts";
import { plainKafka } from "../../harness/kafka.ts";
import { type Input, published } from "./backlog.ts";

const batch = 1_000;

const messagesOf = ({ stream, version, events, metadata }: CommitDocument, topic: string) =>
  events.map(({ type, schema, bytes }, index) => {
    const value = Buffer.allocUnsafe(5 + bytes.length);
    value[0] = 0;
    value.writeUInt32BE(schema, 1);
    value.set(bytes, 5);
    const headers = {
      ce_specversion: "1.0",
      ce_id: `${stream}@${version + index}`,
      ce_source: "/pitrix/bench",
      ce_type: `${topic}.${type}`,
      ce_time: metadata.time,
      ce_subject: stream,
      ce_sequence: String(version + index).padStart(12, "0"),
      ce_correlationid: metadata.correlationId,
      ...(metadata.actionId && { ce_actionid: metadata.actionId }),
      ce_dataschema: `/schemas/ids/${schema}`,
      ce_row: metadata.row,
      ce_actor: metadata.actor.userId,
      ce_ownerpath: metadata.actor.ownerPath,
      ce_hops: String(metadata.hops),
      ce_commit: `${version}-${version + events.length - 1}`,
      "content-type": "application/avro",
    };
    return { key: stream, value, headers, partition: partitionOf(stream, PARTITIONS) };
  });

/** Finds what is marked, in the order of the marks, produces it, and takes the marks off while the next batch is on its way. */
await contestant(async (input: Input) => {
  const client = await new MongoClient(input.url, {
    writeConcern: { w: "majority" },
    promoteBuffers: true,
  }).connect();
  const commits = client.db(input.database).collection<CommitDocument>("commits");
  const producer = plainKafka(input.connection).producer({
    ...{ idempotent: true, maxInFlightRequests: 1 },
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  const work = async () => {
    let unmarked: Promise<unknown> = Promise.resolve();
    let waiting: CommitDocument[] = [];
    const produce = async () => {
      const some = waiting;
      waiting = [];
      await producer.send({ topic: input.topic, acks: -1, messages: some.flatMap((commit) => messagesOf(commit, input.topic)) });
      await unmarked;
      unmarked = commits.updateMany({ _id: { $in: some.map(({ _id }) => _id) } }, { $unset: { publish: "" } });
    };
    const pending = commits.find({ publish: true }, { batchSize: batch, hint: "publish" }).sort({ _id: 1 });
    for await (const commit of pending) {
      waiting.push(commit);
      if (waiting.length === batch) await produce();
    }
    if (waiting.length > 0) await produce();
    await unmarked;
    return input.events;
  };
  const check = async () => {
    await producer.disconnect();
    await client.close();
    return published(input);
  };
  return { work, check };
});
