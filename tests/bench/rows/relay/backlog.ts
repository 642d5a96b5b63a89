import { createHash } from "node:crypto";
import type { EachBatchPayload } from "kafkajs";
import { MongoClient } from "mongodb";
import { codec } from "../../../../events/codec/codec.ts";
import { topicOf } from "../../../../events/contract.ts";
import { recordsOf } from "../../../../events/log/record.ts";
import { type CommitDocument, toDocument } from "../../../../events/mongo/commit-document.ts";
import { mongo } from "../../../../events/mongo/connect.ts";
import type { Commit } from "../../../../events/ports.ts";
import { PARTITIONS } from "../../../../events/run.ts";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { commitOf } from "../../harness/commits.ts";
import type { Fixture } from "../../harness/fixture.ts";
import { plainKafka } from "../../harness/kafka.ts";
import { lives } from "../../harness/lives.ts";

/** What every relay is told. */
export type Input = {
  readonly connection: KafkaConnection;
  readonly url: string;
  readonly database: string;
  /** A made-up aggregate, so that every run has a topic of its own. */
  readonly aggregate: string;
  readonly topic: string;
  readonly events: number;
};

const released = codec(schemas);
const inserted = 1_000;

function* commitsOf(clusters: number, aggregate: string): Generator<Commit> {
  for (const lived of lives(clusters)) {
    const commit = commitOf(lived, released);
    yield { ...commit, stream: lived.stream.replace("cluster/", `${aggregate}/`) };
  }
}

/** A store as a service leaves it that could not reach Kafka for a while: every commit is there and none is published. */
export const backlog = async ({ connection, urlFor, fresh }: Fixture, clusters: number): Promise<Input> => {
  const database = fresh("relay");
  const aggregate = database.replaceAll("_", "");
  const topic = topicOf(contract, aggregate);
  const url = urlFor(database);
  const admin = plainKafka(connection).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false });
  await admin.disconnect();
  const kept = mongo({ url, database });
  // Makes the collection with its indexes.
  await kept.store.read(`${aggregate}/none`, 0);
  await kept.close();
  const client = new MongoClient(url);
  const commits = client.db(database).collection<CommitDocument>("commits");
  let events = 0;
  let documents: CommitDocument[] = [];
  const insert = async () => {
    await commits.insertMany(documents, { ordered: false });
    documents = [];
  };
  for (const commit of commitsOf(clusters, aggregate)) {
    documents.push(toDocument(commit));
    events += 1;
    if (documents.length === inserted) await insert();
  }
  if (documents.length > 0) await insert();
  await client.close();
  return { connection, url, database, aggregate, topic, events };
};

type Published = {
  readonly key: string;
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly value: Uint8Array;
};

/** Number and hash of the events, in whatever order their streams stand; throws where the first occurrences of a stream are out of order. */
const summary = (published: Iterable<Published>, aggregate: string): string => {
  const reached = new Map<string, number>();
  const lines: string[] = [];
  for (const { key, id, sequence, type, value } of published) {
    const last = reached.get(key) ?? 0;
    if (sequence <= last) continue;
    if (sequence !== last + 1) throw new Error(`${key} has ${sequence} after ${last}`);
    reached.set(key, sequence);
    lines.push(`${id} ${type} ${createHash("sha1").update(value).digest("hex")}`.replaceAll(aggregate, "cluster"));
  }
  return `${lines.length} events ${createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 16)}, no marks`;
};

/** What must be on the log in the end. */
export const expected = (clusters: number): string => {
  const published = function* () {
    for (const commit of commitsOf(clusters, "cluster"))
      for (const { key, value, headers } of recordsOf(contract, "cluster", commit))
        yield {
          key,
          id: headers.ce_id ?? "",
          sequence: Number(headers.ce_sequence),
          type: headers.ce_type ?? "",
          value: value ?? Buffer.of(),
        };
  };
  return summary(published(), "cluster");
};

/** What is on the log, once no mark is left in the store. */
export const published = async ({ connection, url, database, aggregate, topic }: Input): Promise<string> => {
  const client = new MongoClient(url);
  const marked = await client
    .db(database)
    .collection("commits")
    .countDocuments({ publish: { $exists: true } });
  await client.close();
  if (marked > 0) throw new Error(`${marked} commits are still marked`);
  const kafka = plainKafka(connection);
  const admin = kafka.admin();
  await admin.connect();
  let left = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
  await admin.disconnect();
  const found: Published[] = [];
  const consumer = kafka.consumer({ groupId: `${topic}.check` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachBatch = async ({ batch: { messages } }: EachBatchPayload) => {
      for (const { key, value, headers } of messages)
        found.push({
          ...{
            key: String(key),
            id: String(headers?.ce_id),
            sequence: Number(String(headers?.ce_sequence)),
            type: String(headers?.ce_type),
          },
          value: value ?? Buffer.of(),
        });
      left -= messages.length;
      if (left <= 0) resolve();
    };
    consumer.run({ eachBatch }).catch(reject);
    if (left === 0) resolve();
  });
  await consumer.disconnect();
  return summary(found, aggregate);
};
