import type { LogBatch, LogRange } from "../ports.ts";
import { connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { batchOf, type Cluster, clusterOf, type FetchedPartition } from "./cluster.ts";
import { KafkaRecord } from "./kafka-record.ts";
import { settled, within } from "./waiting.ts";

/** Reads from the leaders of partitions, without a group. Close it after an error. */
export type Fetcher = {
  /** Returns the first records of each range; at most one range of each partition. A range without records in time is omitted. */
  readonly fetch: (ranges: readonly LogRange[]) => Promise<readonly LogBatch[]>;
  readonly close: () => Promise<void>;
};

const READ_COMMITTED = 1;
const bytes = { partition: 1_048_576, request: 6 * 1_048_576 };

export const connectFetcher = async (options: KafkaLogOptions, topics: readonly string[], signal: AbortSignal): Promise<Fetcher> => {
  const timeout = timeoutOf(options);
  const client = connectClient(options);
  const cluster = clusterOf(client.kafka);
  signal.addEventListener("abort", client.cut, { once: true });
  const close = async (): Promise<void> => {
    signal.removeEventListener("abort", client.cut);
    await settled(1_000, cluster.disconnect());
    client.cut();
  };
  const connect = async (): Promise<void> => {
    await cluster.connect();
    await cluster.addMultipleTargetTopics([...topics]);
  };
  const fetch = async (ranges: readonly LogRange[]): Promise<readonly LogBatch[]> => {
    const leaders = groupBy(ranges, (range) => leaderOf(cluster, range));
    return (await Promise.all([...leaders].map(([leader, some]) => fetchFrom(cluster, leader, some)))).flat();
  };
  try {
    await within(timeout, "Connecting", connect());
  } catch (error) {
    await close();
    throw error;
  }
  return { fetch: (ranges) => within(timeout, "Fetching", fetch(ranges)), close };
};

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const leaderOf = (cluster: Cluster, { topic, partition }: LogRange): string => {
  const [leader] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (leader === undefined) throw new Error(`${topic}/${partition} has no leader`);
  return leader;
};

const fetchFrom = async (cluster: Cluster, nodeId: string, ranges: readonly LogRange[]): Promise<readonly LogBatch[]> => {
  const broker = await cluster.findBroker({ nodeId });
  const topics = groupBy(ranges, ({ topic }) => topic);
  const { responses } = await broker.fetch({
    maxWaitTime: 1_000,
    minBytes: 1,
    maxBytes: bytes.request,
    isolationLevel: READ_COMMITTED,
    topics: [...topics].map(([topic, some]) => ({
      topic,
      partitions: some.map(({ partition, from }) => ({ partition, fetchOffset: String(from), maxBytes: bytes.partition })),
    })),
  });
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap((fetched) => {
      const range = topics.get(topicName)?.find(({ partition }) => partition === fetched.partition);
      return range === undefined || fetched.messages.length === 0 ? [] : [cut(range, fetched)];
    }),
  );
};

/** Removes records beyond the range: a fetch request has a start, but no end. */
const cut = ({ topic, partition, from, to }: LogRange, fetched: FetchedPartition): LogBatch => {
  const batch = batchOf(topic, from, fetched);
  const messages = batch.messages.filter(({ offset }) => Number(offset) < to);
  return {
    topic,
    partition,
    records: messages.map((message) => new KafkaRecord(topic, partition, message)),
    next: Math.min(to, Number(batch.lastOffset()) + 1),
    end: to,
  };
};
