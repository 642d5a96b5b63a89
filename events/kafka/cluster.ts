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
/** One request of Kafka's protocol, with what reads its answer. */
export type ProtocolRequest<T> = {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<unknown>;
  };
  readonly response: { readonly decode: (answer: Buffer) => Promise<T>; readonly parse: (decoded: T) => Promise<T> };
};
type Broker = {
  readonly connectionPool: { readonly send: <T>(request: ProtocolRequest<T>) => Promise<T> };
  readonly fetch: (
    request: FetchRequest,
  ) => Promise<{ readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[] }>;
};

/** The part of the internal cluster of kafkajs 2.2.4 that is used here. kafkajs has no public way to read without a group. */
export type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  /** Loads the metadata of these topics, with the leaders of their partitions. */
  readonly addMultipleTargetTopics: (topics: string[]) => Promise<void>;
  readonly findLeaderForPartitions: (topic: string, partitions: number[]) => { readonly [nodeId: string]: readonly number[] };
  readonly refreshMetadata: () => Promise<void>;
  readonly findTopicPartitionMetadata: (topic: string) => readonly { readonly partitionId: number }[];
  readonly fetchTopicsOffset: (
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ) => Promise<
    readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]
  >;
  readonly findBroker: (broker: { readonly nodeId: string }) => Promise<Broker>;
  readonly findControllerBroker: () => Promise<Broker>;
};
type CreateCluster = (options: { readonly metadataMaxAge: number; readonly allowAutoTopicCreation: boolean }) => Cluster;

/** A new cluster with its own connections and the settings of a client. */
export const clusterOf = (kafka: Kafka): Cluster => {
  const name = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === "private:Kafka:createCluster");
  const create: CreateCluster | undefined = name && Reflect.get(kafka, name);
  if (!create) throw new Error("This version of kafkajs creates clusters in another way: adapt cluster.ts");
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
};

/** Writes the values of Kafka's protocol, one behind the other. */
export type Encoder = {
  readonly [write in
    | "writeBuffer"
    | "writeInt8"
    | "writeInt32"
    | "writeDouble"
    | "writeBoolean"
    | "writeString"
    | "writeUVarInt"
    | "writeUVarIntString"
    | "writeUVarIntBytes"
    | "writeUVarIntArray"]: (value?: unknown) => Encoder;
};
export const newEncoder = (): Encoder => new (createRequire(import.meta.url)("kafkajs/src/protocol/encoder"))();

type BatchClass = new (topic: string, fetchedOffset: string, fetched: FetchedPartition) => Batch;

/** The records that a consumer sees of a fetched partition: none before the requested offset, and none of aborted transactions. */
export const batchOf = (topic: string, offset: number, fetched: FetchedPartition): Batch => {
  const Fetched: BatchClass = createRequire(import.meta.url)("kafkajs/src/consumer/batch");
  return new Fetched(topic, String(offset), fetched);
};
