import type { Admin, ITopicConfig, ITopicMetadata } from "kafkajs";
import type { Offset, TopicSpec } from "../ports.ts";
import { connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { pause, settled, within } from "./waiting.ts";

export type Range = { readonly partition: number; readonly low: number; readonly high: number };
export type Administration = {
  readonly ensureTopics: (topics: readonly TopicSpec[]) => Promise<void>;
  readonly partitions: (topic: string) => Promise<number>;
  /** For each partition the first offset, and the offset after the last record. */
  readonly ranges: (topic: string) => Promise<readonly Range[]>;
  /** For each partition the offset of the first record at or after a time, or its end. */
  readonly offsets: (topic: string, time: number) => Promise<readonly Offset[]>;
  readonly deleteGroup: (group: string) => Promise<void>;
};

const isKafkaError = (error: unknown, type: string): boolean => error instanceof Error && "type" in error && error.type === type;

/** Whether a retry may succeed: for example, a partition has no leader for a moment. */
export const isRetriable = (error: unknown): boolean => error instanceof Error && "retriable" in error && error.retriable === true;

const configOf = ({ compacted }: TopicSpec, { minInsyncReplicas }: KafkaLogOptions): { name: string; value: string }[] => {
  const config: { [name: string]: string } = compacted
    ? // Small segments, since Kafka never compacts the active segment.
      { "cleanup.policy": "compact", "segment.bytes": "4194304", "segment.ms": "600000", "min.cleanable.dirty.ratio": "0.1" }
    : { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };
  if (minInsyncReplicas !== undefined) config["min.insync.replicas"] = String(minInsyncReplicas);
  return Object.entries(config).map(([name, value]) => ({ name, value }));
};

/** Metadata of those topics that exist. */
const metadataOf = async (admin: Admin, names: readonly string[]): Promise<readonly ITopicMetadata[]> => {
  const listed = new Set(await admin.listTopics());
  const there = names.filter((name) => listed.has(name));
  if (there.length === 0) return [];
  try {
    return (await admin.fetchTopicMetadata({ topics: there })).topics.filter(({ partitions }) => partitions.length > 0);
  } catch (error) {
    if (isKafkaError(error, "UNKNOWN_TOPIC_OR_PARTITION") || isKafkaError(error, "LEADER_NOT_AVAILABLE")) return [];
    throw error;
  }
};

/** Milliseconds until a new topic is known to every broker. */
const SPREADING = 200;

/** Fails if there is no such topic: kafkajs would ask for it again and again, and call that an outage. */
const demandTopic = async (admin: Admin, topic: string): Promise<void> => {
  for (const until = Date.now() + SPREADING; !(await admin.listTopics()).includes(topic); await pause(50))
    if (Date.now() > until) throw new Error(`There is no topic ${topic}`);
};

/** Administrative requests. Each uses a new connection: they are rare, and a permanent connection would have to be repaired after failures. */
export const administration = (options: KafkaLogOptions): Administration => {
  const timeout = timeoutOf(options);
  const counts = new Map<string, Promise<number>>();

  const withAdmin = async <T>(what: string, request: (admin: Admin) => Promise<T>): Promise<T> => {
    const client = connectClient(options);
    const admin = client.kafka.admin();
    const answer = async (): Promise<T> => {
      const until = Date.now() + timeout;
      await admin.connect();
      for (;;) {
        try {
          return await request(admin);
        } catch (error) {
          if (!isRetriable(error) || Date.now() > until) throw error;
          await pause(50);
        }
      }
    };
    try {
      return await within(timeout, what, answer());
    } finally {
      await settled(1_000, admin.disconnect());
      client.cut();
    }
  };

  const create = async (admin: Admin, specs: readonly TopicSpec[]): Promise<void> => {
    const topics: ITopicConfig[] = specs.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      // By default the broker's setting: a single copy of acknowledged data would be unsafe.
      replicationFactor: options.replicationFactor ?? -1,
      configEntries: configOf(spec, options),
    }));
    // `ensure` waits for the leaders, because the waiting of kafkajs fails on a fresh broker. A topic that another process creates meanwhile is not an error.
    await admin.createTopics({ topics, waitForLeaders: false, timeout });
  };

  /** Handles all topics together: a service knows dozens of topics, and every request is a round trip. */
  const ensure = async (admin: Admin, specs: readonly TopicSpec[]): Promise<void> => {
    const until = Date.now() + timeout;
    const names = specs.map(({ name }) => name);
    for (let created = false; ; created = true) {
      const found = new Map((await metadataOf(admin, names)).map((topic) => [topic.name, topic.partitions]));
      const missing = specs.filter(({ name }) => !found.has(name));
      for (const { name, partitions } of specs) {
        const there = found.get(name);
        if (there && there.length !== partitions)
          throw new Error(`Topic ${name} has ${there.length} partitions, not ${partitions}: their number never changes`);
      }
      if (missing.length === 0 && [...found.values()].every((partitions) => partitions.every(({ leader }) => leader >= 0))) return;
      if (Date.now() > until)
        throw new Error(`Topics without a leader: ${(missing.length > 0 ? missing.map(({ name }) => name) : names).join(", ")}`);
      if (missing.length > 0 && !created) await create(admin, missing);
      else await pause(50);
    }
  };

  const countPartitions = async (topic: string): Promise<number> => {
    const [found] = await withAdmin("Looking for a topic", (admin) => metadataOf(admin, [topic]));
    if (!found) throw new Error(`There is no topic ${topic}`);
    return found.partitions.length;
  };

  return {
    ensureTopics: (topics) => withAdmin("Creating topics", (admin) => ensure(admin, topics)),
    partitions: (topic) => {
      const known = counts.get(topic) ?? countPartitions(topic);
      counts.set(topic, known);
      known.catch(() => counts.delete(topic));
      return known;
    },
    ranges: (topic) =>
      withAdmin("Reading offsets", async (admin) => {
        await demandTopic(admin, topic);
        const found = await admin.fetchTopicOffsets(topic);
        return found
          .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
          .sort((a, b) => a.partition - b.partition);
      }),
    offsets: (topic, time) =>
      withAdmin("Reading offsets of a time", async (admin) => {
        await demandTopic(admin, topic);
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, time);
        return found.map(({ partition, offset }) => ({ partition, offset: Number(offset) })).sort((a, b) => a.partition - b.partition);
      }),
    deleteGroup: (group) =>
      withAdmin("Deleting a group", async (admin) => {
        await admin.deleteGroups([group]);
      }),
  };
};
