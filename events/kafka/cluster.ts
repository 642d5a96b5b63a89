import { createRequire } from "node:module";
import type { Batch, Kafka, KafkaMessage } from "kafkajs";

export type FetchedPartition = { readonly partition: number; readonly highWatermark: string; readonly messages: readonly KafkaMessage[] };
type FetchRequest = {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }[];
  }[];
};
type Broker = {
  readonly fetch: (
    request: FetchRequest,
  ) => Promise<{ readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[] }>;
};

/** What kafkajs 2.2.4 builds its consumers on, as far as it is used here: it has no public way to read without a group. */
export type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  /** Learns who leads the partitions of these topics. */
  readonly addMultipleTargetTopics: (topics: string[]) => Promise<void>;
  readonly findLeaderForPartitions: (topic: string, partitions: number[]) => { readonly [nodeId: string]: readonly number[] };
  readonly findBroker: (broker: { readonly nodeId: string }) => Promise<Broker>;
};
type CreateCluster = (options: { readonly metadataMaxAge: number; readonly allowAutoTopicCreation: boolean }) => Cluster;

/** Connections of their own, with the settings of a client. */
export const clusterOf = (kafka: Kafka): Cluster => {
  const name = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === "private:Kafka:createCluster");
  const create: CreateCluster | undefined = name && Reflect.get(kafka, name);
  if (!create) throw new Error("This version of kafkajs makes its clusters in another way: look at cluster.ts");
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
};

type BatchClass = new (topic: string, fetchedOffset: string, fetched: FetchedPartition) => Batch;

/** What a consumer sees of a fetched partition: nothing before the offset that was asked for, and nothing of an aborted transaction. */
export const batchOf = (topic: string, offset: number, fetched: FetchedPartition): Batch => {
  const Fetched: BatchClass = createRequire(import.meta.url)("kafkajs/src/consumer/batch");
  return new Fetched(topic, String(offset), fetched);
};
