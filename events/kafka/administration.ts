import type { Admin, ITopicConfig, ITopicMetadata } from "kafkajs";
import type { Offset, TopicSpec } from "../ports.ts";
import { connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { pause, settled, within } from "./waiting.ts";

export type Range = { readonly partition: number; readonly low: number; readonly high: number };
export type Administration = {
  readonly ensureTopics: (topics: readonly TopicSpec[]) => Promise<void>;
  readonly partitions: (topic: string) => Promise<number>;
  /** The first offset and the one after the last, of each partition. */
  readonly ranges: (topic: string) => Promise<readonly Range[]>;
  /** The offset of the first record of each partition at or after a time; its end if there is none. */
  readonly offsets: (topic: string, time: number) => Promise<readonly Offset[]>;
  readonly deleteGroup: (group: string) => Promise<void>;
};

const isKafkaError = (error: unknown, type: string): boolean => error instanceof Error && "type" in error && error.type === type;

/** A moment later it may be answered: a leader is not yet there, or not any more. */
const isPassing = (error: unknown): boolean => error instanceof Error && "retriable" in error && error.retriable === true;

const configOf = ({ compacted }: TopicSpec, { minInsyncReplicas }: KafkaLogOptions): { name: string; value: string }[] => {
  const config: { [name: string]: string } = compacted
    ? // Small segments, since the one being written to is never compacted.
      { "cleanup.policy": "compact", "segment.bytes": "4194304", "segment.ms": "600000", "min.cleanable.dirty.ratio": "0.1" }
    : { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };
  if (minInsyncReplicas !== undefined) config["min.insync.replicas"] = String(minInsyncReplicas);
  return Object.entries(config).map(([name, value]) => ({ name, value }));
};

/** Those of the topics that are there. */
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

/** What is asked of the cluster, each time over a connection of its own: it is rare, and a kept one would have to be mended. */
export const administration = (options: KafkaLogOptions): Administration => {
  const timeout = timeoutOf(options);
  const counts = new Map<string, Promise<number>>();

  const ask = async <T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> => {
    const client = connectClient(options);
    const admin = client.kafka.admin();
    const answer = async (): Promise<T> => {
      const until = Date.now() + timeout;
      await admin.connect();
      for (;;) {
        try {
          return await question(admin);
        } catch (error) {
          if (!isPassing(error) || Date.now() > until) throw error;
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
      // Unless somebody says otherwise the cluster knows best: one copy of what is acknowledged is none.
      replicationFactor: options.replicationFactor ?? -1,
      configEntries: configOf(spec, options),
    }));
    // Leaders are waited for below: kafkajs' own waiting fails on a fresh broker. What somebody else made meanwhile is no error.
    await admin.createTopics({ topics, waitForLeaders: false, timeout });
  };

  /** All at once: a service knows dozens of topics, and every request is a round trip. */
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
    const [found] = await ask("Looking for a topic", (admin) => metadataOf(admin, [topic]));
    if (!found) throw new Error(`There is no topic ${topic}`);
    return found.partitions.length;
  };

  return {
    ensureTopics: (topics) => ask("Creating topics", (admin) => ensure(admin, topics)),
    partitions: (topic) => {
      const known = counts.get(topic) ?? countPartitions(topic);
      counts.set(topic, known);
      known.catch(() => counts.delete(topic));
      return known;
    },
    ranges: (topic) =>
      ask("Reading offsets", async (admin) => {
        const found = await admin.fetchTopicOffsets(topic);
        return found
          .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
          .sort((a, b) => a.partition - b.partition);
      }),
    offsets: (topic, time) =>
      ask("Reading offsets of a time", async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, time);
        return found.map(({ partition, offset }) => ({ partition, offset: Number(offset) })).sort((a, b) => a.partition - b.partition);
      }),
    deleteGroup: (group) =>
      ask("Deleting a group", async (admin) => {
        await admin.deleteGroups([group]);
      }),
  };
};
