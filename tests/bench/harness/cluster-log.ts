import type { Message } from "kafkajs";
import { codec } from "../../../events/codec/codec.ts";
import { partitionOf } from "../../../events/log/partition.ts";
import { recordsOf } from "../../../events/log/record.ts";
import type { Meta } from "../../../events/message.ts";
import { PARTITIONS } from "../../../events/run.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { type ClusterDocument, clusters } from "../../../services/cluster/read-models/clusters.ts";
import { commitOf } from "./commits.ts";
import { contentHash } from "./content.ts";
import type { Fixture } from "./fixture.ts";
import { plainKafka, wakeCoordinators } from "./kafka.ts";
import { eventsOfALife, type Lived, lives } from "./lives.ts";

/** A topic with the whole lives of some clusters, and what their read model must look like in the end. */
export type ClusterLog = { readonly topic: string; readonly events: number; readonly clusters: number; readonly expected: string };

const batch = 2_000;
const made = new WeakMap<Fixture["fresh"], Map<string, Promise<ClusterLog>>>();

/** Makes a log once for all rows that share the servers. */
export const clusterLog = (fixture: Fixture, topic: string, count: number): Promise<ClusterLog> => {
  const logs = made.get(fixture.fresh) ?? new Map<string, Promise<ClusterLog>>();
  made.set(fixture.fresh, logs);
  const log = logs.get(topic) ?? make(fixture, topic, count);
  logs.set(topic, log);
  return log;
};

const make = async ({ connection, report }: Fixture, topic: string, count: number): Promise<ClusterLog> => {
  const started = performance.now();
  const kafka = plainKafka(connection);
  const admin = kafka.admin();
  await admin.connect();
  if ((await admin.listTopics()).includes(topic)) throw new Error(`the topic ${topic} is there already: measure on a Kafka without it`);
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: false });
  await admin.disconnect();
  const producer = kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  const released = codec(schemas);
  const read = new Map<string, ClusterDocument>();
  let messages: Message[] = [];
  const send = async () => {
    await producer.send({ topic, acks: -1, messages });
    messages = [];
  };
  for (const lived of lives(count)) {
    const [record] = recordsOf(contract, "cluster", commitOf(lived, released));
    if (!record) throw new Error("a commit without a record");
    const { key, value, headers } = record;
    messages.push({ key, value: value && Buffer.from(value), headers, partition: partitionOf(key, PARTITIONS) });
    fold(read, lived);
    if (messages.length === batch) await send();
  }
  if (messages.length > 0) await send();
  await producer.disconnect();
  await wakeCoordinators(connection, [topic]);
  const events = count * eventsOfALife;
  report(`${topic}: ${events} events of ${count} clusters produced in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return { topic, events, clusters: count, expected: contentHash(documentsOf(read)) };
};

/** The read model by its definition alone. */
const fold = (read: Map<string, ClusterDocument>, { stream, version, time, owner, event, actionId }: Lived): void => {
  // The row of an event's name takes that event, and the events of these lives delete nothing.
  type Fold = (document: ClusterDocument, event: Lived["event"], meta: Meta, id: string) => ClusterDocument;
  const row = clusters.evolve[event.type] as Fold | undefined;
  if (!row) return;
  const actor = { userId: owner, ownerPath: `:${owner}` };
  const meta = {
    ...{ eventId: `${stream}@${version}`, stream, version, time, actor },
    ...{ correlationId: actionId, causationId: null, actionId },
  };
  read.set(event.clusterId, row(read.get(event.clusterId) ?? clusters.initialState, event, meta, event.clusterId));
};

function* documentsOf(read: ReadonlyMap<string, ClusterDocument>) {
  for (const [_id, value] of read) yield { _id, ...value };
}
