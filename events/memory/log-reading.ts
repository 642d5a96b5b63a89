import { setMaxListeners } from "node:events";
import { retry } from "../concurrency.ts";
import { nameOf } from "../log/partition.ts";
import type { Clock, Log, LogRecord, LogSubscription, Offset, Running, TopicPartition } from "../ports.ts";
import { type Fate, under } from "./fate.ts";
import type { MemoryPartition, MemoryTopics } from "./log-topics.ts";

/** The connection of one instance. After a crash its readers do nothing more. */
export type Instance = { readonly fate: Fate; isCrashed: boolean };
export type Reading = { readonly clock: Clock; readonly topics: MemoryTopics };

const STOP_TIMEOUT = 10_000;

export const retrying = <T>(
  { clock }: Reading,
  instance: Instance,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  failed?: (error: Error) => void,
) => retry(clock, attempt, { isOver: () => signal.aborted || instance.isCrashed, signal, failed });

export const partitionOf = ({ topics }: Reading, { topic, partition }: TopicPartition): MemoryPartition => {
  const found = topics.partitions(topic)[partition];
  if (!found) throw new Error(`${topic} has no partition ${partition}`);
  return found;
};

/** Waits for records at an offset and returns a batch; undefined if the reading ends. */
const fetch = async (reading: Reading, instance: Instance, lane: TopicPartition, offset: number, signal: AbortSignal) => {
  const log = partitionOf(reading, lane);
  await log.reaches(offset, signal);
  return retrying(reading, instance, signal, () => under(instance.fate, `log.fetch ${nameOf(lane)}`, () => log.batch(offset)));
};

/** Reads one partition during one assignment. `running` outlives the assignment: a member never handles a partition twice at a time. */
export const readLane = async (
  reading: Reading,
  instance: Instance,
  subscription: LogSubscription,
  lane: TopicPartition,
  running: Map<string, Promise<unknown>>,
  signal: AbortSignal,
): Promise<void> => {
  const report = (error: Error) => subscription.onError?.(error);
  await running.get(nameOf(lane));
  const position = await retrying(reading, instance, signal, () => subscription.position(lane.topic, lane.partition, signal), report);
  let offset = position?.value ?? 0;
  const end = partitionOf(reading, lane).end();
  if (offset > end) {
    report(new Error(`${nameOf(lane)} holds 0 to ${end} and not ${offset}: it is read from its start`));
    offset = 0;
  }
  while (position && !signal.aborted) {
    const batch = await fetch(reading, instance, lane, offset, signal);
    if (!batch) return;
    const handled = retrying(reading, instance, signal, () => subscription.handle(batch.value, signal), report);
    running.set(nameOf(lane), handled);
    const outcome = await handled;
    if (!outcome) return;
    offset = outcome.value;
  }
};

/** Stops the readers and waits, within STOP_TIMEOUT, for their handlers. */
export const stopper =
  ({ clock }: Reading, stopping: AbortController, running: ReadonlyMap<string, Promise<unknown>>): (() => Promise<void>) =>
  async () => {
    stopping.abort();
    const waiting = new AbortController();
    await Promise.race([Promise.all(running.values()), clock.sleep(STOP_TIMEOUT, waiting.signal)]);
    waiting.abort();
  };

/** Reads all partitions of a topic from their start, for one instance without a group. */
export const followTopic = (
  reading: Reading,
  instance: Instance,
  topic: string,
  handle: (record: LogRecord) => void,
  from: readonly Offset[] = [],
): Running & Awaited<ReturnType<Log["follow"]>> => {
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal);
  const running = new Map<string, Promise<unknown>>();
  const behind = new Map<number, number>();
  const partitions = reading.topics.partitions(topic);
  const beginOf = (number: number): number => from.find(({ partition }) => partition === number)?.offset ?? 0;
  partitions.forEach((log, partition) => {
    if (log.end() > beginOf(partition)) behind.set(partition, log.end());
  });
  let resolve = () => {};
  let reject = (_: Error) => {};
  const caughtUp = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  // Without this handler, a rejection that no caller awaits would end the process.
  caughtUp.catch(() => {});
  if (behind.size === 0) resolve();

  const read = async (partition: number): Promise<void> => {
    for (let offset = beginOf(partition); !signal.aborted; ) {
      const batch = await fetch(reading, instance, { topic, partition }, offset, signal);
      if (!batch) return;
      for (const record of batch.value.records) await retrying(reading, instance, signal, async () => handle(record));
      offset = batch.value.next;
      if (offset >= (behind.get(partition) ?? Number.POSITIVE_INFINITY)) behind.delete(partition);
      if (behind.size === 0) resolve();
    }
  };
  partitions.forEach((_, partition) => {
    running.set(nameOf({ topic, partition }), read(partition));
  });
  const end = stopper(reading, stopping, running);
  const stop = async (): Promise<void> => {
    await end();
    reject(new Error(`Following ${topic} was stopped before its end was reached`));
  };
  return { stop, caughtUp };
};
