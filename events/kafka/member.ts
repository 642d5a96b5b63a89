import type { Administration } from "./administration.ts";
import { connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { type GroupSubscription, type LaneControl, type Lanes, lanesOf } from "./lanes.ts";
import { settled, within } from "./waiting.ts";

export type MemberOptions = {
  readonly subscription: GroupSubscription;
  readonly administration: Administration;
  /** Batches in progress by partition, including those of earlier members of this subscription. */
  readonly running: Map<string, Promise<unknown>>;
  /** Whether to commit positions to the broker now and then. Only tools that show the lag of a group read them. */
  readonly commits: boolean;
};
export type Member = { readonly failed: Promise<Error>; readonly leave: () => Promise<void> };

/** Maximum bytes of one fetch, divided among the partitions. A larger single batch of the log is still delivered. */
const fetched = 6 * 1_048_576;
const ofPartition = { least: 262_144, most: 1_048_576 };
const silence = 60_000;
const commitEvery = 5_000;
/** Joins a group as a new member. Afterwards `failed` resolves if the member has to be replaced. */
export const joinGroup = async (options: KafkaLogOptions, { subscription, administration, running, commits }: MemberOptions) => {
  const { group, topics } = subscription;
  const counts = await Promise.all(topics.map((topic) => administration.partitions(topic)));
  const partitions = counts.reduce((sum, count) => sum + count, 0);
  const share = Math.max(ofPartition.least, Math.min(ofPartition.most, Math.floor(fetched / partitions)));
  const client = connectClient(options);
  const consumer = client.kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: options.sessionTimeout ?? 10_000,
    rebalanceTimeout: 15_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 1_000,
    minBytes: 1,
    maxBytesPerPartition: share,
    maxBytes: partitions * share,
    // `runSubscription` replaces a failed consumer as a whole, after any error.
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 1_000, restartOnFailure: async () => false },
  });

  const ifRunning = (change: () => void): void => {
    try {
      change();
    } catch {
      // kafkajs throws only if the consumer has stopped: then it fetches nothing.
    }
  };
  const control: LaneControl = {
    pause: (topic, partition) => ifRunning(() => consumer.pause([{ topic, partitions: [partition] }])),
    resumeAt: (topic, partition, offset) =>
      ifRunning(() => {
        consumer.seek({ topic, partition, offset: String(offset) });
        consumer.resume([{ topic, partitions: [partition] }]);
      }),
    range: async (topic, partition) => {
      const found = (await administration.ranges(topic)).find((range) => range.partition === partition);
      if (!found) throw new Error(`${topic} has no partition ${partition}`);
      return found;
    },
  };

  let lanes: Lanes | undefined;
  let lastSign = Date.now();
  let committed = "";
  const alive = (): void => {
    lastSign = Date.now();
  };
  const commit = async (): Promise<void> => {
    const positions = lanes?.positions() ?? [];
    const now = JSON.stringify(positions);
    if (!commits || now === committed || positions.length === 0) return;
    committed = now;
    await consumer.commitOffsets(positions).catch(() => {});
  };

  const { CRASH, GROUP_JOIN, REBALANCING, FETCH_START, HEARTBEAT, START_BATCH_PROCESS } = consumer.events;
  const commitTimer = setInterval(commit, commitEvery);
  let watch: NodeJS.Timeout | undefined;
  const failed = new Promise<Error>((resolve) => {
    consumer.on(CRASH, ({ payload }) => resolve(payload.error));
    watch = setInterval(() => {
      if (Date.now() - lastSign > silence) resolve(new Error(`The consumer of ${group} has fallen silent`));
    }, silence / 10);
  });
  const joined = new Promise<void>((resolve) => {
    consumer.on(GROUP_JOIN, ({ payload }) => {
      alive();
      lanes?.end();
      lanes = lanesOf(subscription, control, running, payload.memberAssignment);
      // Synchronously: the first fetch of this assignment must find every partition paused.
      lanes.begin();
      resolve();
    });
  });
  consumer.on(REBALANCING, () => lanes?.end());
  consumer.on(FETCH_START, alive);
  consumer.on(HEARTBEAT, alive);
  consumer.on(START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize === 0) lanes?.skip(payload.topic, payload.partition, Number(payload.lastOffset));
  });

  const leave = async (): Promise<void> => {
    clearInterval(watch);
    clearInterval(commitTimer);
    lanes?.end();
    // Aborted handlers usually end immediately; then two owners of a partition do not overlap.
    await settled(2_000, Promise.all(running.values()));
    await settled(1_000, commit());
    await settled(5_000, consumer.disconnect());
    client.cut();
  };
  const start = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Not more: each runner costs time in every fetch, even in an empty one.
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch, resolveOffset, isRunning, isStale }) => {
        if (!isRunning() || isStale()) return;
        const offset = await lanes?.take(batch);
        if (offset !== undefined) resolveOffset(offset);
      },
    });
    await Promise.race([joined, failed.then((error) => Promise.reject(error))]);
  };
  try {
    await within(timeoutOf(options), `Joining ${group}`, start());
  } catch (error) {
    await leave();
    throw error;
  }
  return { failed, leave } satisfies Member;
};
