import { createRequire } from "node:module";
import type { TopicState } from "../ports.ts";
import { isRetriable } from "./administration.ts";
import { connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { type Cluster, clusterOf, newEncoder, type ProtocolRequest } from "./cluster.ts";
import { pause, settled, within } from "./waiting.ts";

/** What topics hold, and their ids: over one connection for all of them, since a service asks at each start. */
export const describeTopics = async (options: KafkaLogOptions, topics: readonly string[]): Promise<readonly TopicState[]> => {
  if (topics.length === 0) return [];
  const timeout = timeoutOf(options);
  const client = connectClient(options);
  const cluster = clusterOf(client.kafka);
  const describe = async (): Promise<readonly TopicState[]> => {
    await cluster.connect();
    await cluster.addMultipleTargetTopics([...topics]);
    for (const until = Date.now() + timeout; ; ) {
      try {
        return await look();
      } catch (error) {
        if (!isRetriable(error) || Date.now() > until) throw error;
        await pause(50);
        await cluster.refreshMetadata();
      }
    }
  };
  const look = async (): Promise<readonly TopicState[]> => {
    const [starts, ends, ids] = await Promise.all([
      offsetsOf(cluster, topics, true),
      offsetsOf(cluster, topics, false),
      idsOf(cluster, topics),
    ]);
    return topics.map((name) => {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`There is no topic ${name}`);
      const ranges = cluster.findTopicPartitionMetadata(name).map(({ partitionId: partition }) => {
        const place = `${name}/${partition}`;
        return { topic: name, partition, from: starts.get(place) ?? 0, to: ends.get(place) ?? 0 };
      });
      return { name, id, ranges: ranges.toSorted((a, b) => a.partition - b.partition) };
    });
  };
  try {
    return await within(timeout, "Describing topics", describe());
  } finally {
    await settled(1_000, cluster.disconnect());
    client.cut();
  }
};

const offsetsOf = async (cluster: Cluster, topics: readonly string[], fromBeginning: boolean): Promise<ReadonlyMap<string, number>> => {
  const asked = topics.map((topic) => ({
    topic,
    partitions: cluster.findTopicPartitionMetadata(topic).map(({ partitionId: partition }) => ({ partition })),
    fromBeginning,
  }));
  const found = await cluster.fetchTopicsOffset(asked);
  return new Map(
    found.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Number(offset)] as const)),
  );
};

const idsOf = async (cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const [nodeId = ""] = Object.keys(cluster.findLeaderForPartitions(topics[0] ?? "", [0]));
  const broker = await cluster.findBroker({ nodeId });
  return broker.connectionPool.send(topicIds(topics));
};

type Decoder = {
  readonly readInt8: () => number;
  readonly readInt16: () => number;
  readonly readInt32: () => number;
  readonly readBytes: (length: number) => Buffer;
  readonly readUVarIntString: () => string | null;
  readonly readUVarIntArray: <T>(read: (decoder: Decoder) => T) => readonly T[] | null;
  readonly readTaggedFields: () => unknown;
};
const kafkajs = createRequire(import.meta.url);
const NO_ID = Buffer.alloc(16);

/** Metadata version 10, the first one with ids of topics (Kafka 2.8); kafkajs 2.2.4 itself has version 6. */
const topicIds = (topics: readonly string[]): ProtocolRequest<ReadonlyMap<string, string>> => {
  const NewDecoder: new (bytes: Buffer) => Decoder = kafkajs("kafkajs/src/protocol/decoder");
  const topic = (name: string) => newEncoder().writeBuffer(NO_ID).writeUVarIntString(name).writeUVarIntBytes();
  const decode = async (bytes: Buffer): Promise<ReadonlyMap<string, string>> => {
    const answer = new NewDecoder(bytes);
    answer.readTaggedFields();
    answer.readInt32();
    answer.readUVarIntArray(skipBroker);
    answer.readUVarIntString();
    answer.readInt32();
    return new Map(
      (answer.readUVarIntArray(readTopic) ?? []).flatMap(({ error, name, id }) => (error === 0 && name !== null ? [[name, id]] : [])),
    );
  };
  return {
    request: {
      ...{ apiKey: 3, apiVersion: 10, apiName: "Metadata" },
      // The header's tagged fields, the topics, three refusals (to create topics, and to list rights), and the body's tagged fields.
      encode: async () =>
        newEncoder()
          .writeUVarIntBytes()
          .writeUVarIntArray(topics.map(topic))
          .writeBoolean(false)
          .writeBoolean(false)
          .writeBoolean(false)
          .writeUVarIntBytes(),
    },
    response: { decode, parse: async (decoded) => decoded },
  };
};

const skipBroker = (answer: Decoder): void => {
  answer.readInt32();
  answer.readUVarIntString();
  answer.readInt32();
  answer.readUVarIntString();
  answer.readTaggedFields();
};

const readTopic = (answer: Decoder): { readonly error: number; readonly name: string | null; readonly id: string } => {
  const error = answer.readInt16();
  const name = answer.readUVarIntString();
  const id = answer.readBytes(16).toString("base64url");
  answer.readInt8();
  answer.readUVarIntArray(skipPartition);
  answer.readInt32();
  answer.readTaggedFields();
  return { error, name, id };
};

const skipPartition = (answer: Decoder): void => {
  answer.readInt16();
  for (let number = 0; number < 3; number++) answer.readInt32();
  for (let list = 0; list < 3; list++) answer.readUVarIntArray((each) => each.readInt32());
  answer.readTaggedFields();
};
