import type { Codec } from "../codec/codec.ts";
import { nameOf } from "../log/partition.ts";
import { headerOf, typeOf } from "../log/record.ts";
import type { LogBatch, LogRecord, LogSubscription, Ports, TopicPartition } from "../ports.ts";
import type { Delivered } from "./delivered.ts";
import { healthWatch } from "./health.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { type FailurePolicy, openPartition, type Partition, type PartitionOptions } from "./partition.ts";
import type { Positions } from "./position.ts";
import type { RecentLags } from "./recent-lags.ts";
import type { Subscriber } from "./subscriber.ts";

/** The hooks and limits that the subscriptions of an instance share. */
export type Sharing = {
  /** Called with the last event of each handled batch. */
  readonly onHandled: (delivered: Delivered) => void;
  /** Lag, in records, beyond which writes are buffered within the memory budget. */
  readonly lagThreshold: number;
  readonly memory: MemoryBudget;
  readonly lags: Pick<RecentLags, "note">;
};

/** The partitions of a subscription that are assigned to this instance. */
export const assignments = (
  subscriber: Subscriber,
  ports: Pick<Ports, "documents" | "log" | "clock">,
  codec: Codec,
  failures: FailurePolicy,
  { onHandled, lagThreshold, memory, lags }: Sharing,
) => {
  const { name, types, open } = subscriber;
  const partitions = new Map<string, Partition>();
  const progress = new Map<string, number>();
  const written = new Map<string, number>();
  const health = healthWatch(ports.clock);
  let latest = "";

  const optionsFor = (place: TopicPartition, signal: AbortSignal): PartitionOptions => {
    const at = nameOf(place);
    return {
      ...{ open, selects: selector(types), positions: positionsOf(subscriber, ports, place), failures, codec, clock: ports.clock },
      mayBuffer: ({ next, end = 0 }, handler) => end - next > lagThreshold && memory.fits(`${name} ${at}`, handler.weight()),
      flushed: (handled) => {
        if (handled) onHandled(handled);
        memory.release(`${name} ${at}`);
      },
      passed: (batch, isWritten) => {
        if (!signal.aborted) progress.set(at, batch.next);
        if (!signal.aborted && isWritten) written.set(at, batch.next);
        const time = timeOf(batch);
        if (time > latest) latest = time;
        // Also while writes are buffered: then it takes even longer.
        lags.note(name, time);
        health.handled(batch, signal);
      },
    };
  };

  const begin = async (place: TopicPartition, signal: AbortSignal): Promise<number | undefined> => {
    const at = nameOf(place);
    // A new assignment of the same partition waits until the old one has saved its position.
    await partitions.get(at)?.settled();
    const partition = await openPartition(place, signal, optionsFor(place, signal));
    // This assignment has ended meanwhile; the next one may already have a later position.
    if (signal.aborted) return partition.begin;
    partitions.set(at, partition);
    progress.set(at, partition.begin ?? 0);
    const end = (): void => {
      // Another instance reads the partition from now on.
      progress.delete(at);
      written.delete(at);
      memory.release(`${name} ${at}`);
      void partition.settled().then(() => partitions.get(at) === partition && partitions.delete(at));
    };
    signal.addEventListener("abort", end, { once: true });
    return partition.begin;
  };

  const handle = (batch: LogBatch, signal: AbortSignal): Promise<number> => {
    const partition = partitions.get(nameOf(batch));
    if (partition?.signal !== signal) throw new Error(`${nameOf(batch)} is not assigned`);
    return partition.batch(batch);
  };

  return {
    progress,
    written,
    latest: (): string => latest,
    healthReasons: health.now,
    /**
     * Saves the positions of a subscriber that begins at the end, unless there are some. From then on it gets every event, however late a
     * partition is assigned.
     */
    prepare: async (): Promise<void> => {
      if (subscriber.begin === "end") await Promise.all(subscriber.topics.map((topic) => beginAtEnd(subscriber, ports, topic)));
    },
    begin: ((topic, partition, signal) =>
      health.during(nameOf({ topic, partition }), signal, () => begin({ topic, partition }, signal))) satisfies LogSubscription["position"],
    handle: ((batch, signal) =>
      health.during(nameOf(batch), signal, async () => handle(batch, signal))) satisfies LogSubscription["handle"],
    /** Resolves once the positions of all handled batches are saved. */
    settled: async (): Promise<void> => {
      await Promise.all([...partitions.values()].map(({ settled }) => settled()));
    },
  };
};

/** Selects events of the subscriber's types, and records that are not events, because these stop their stream. */
export const selector =
  (types: ReadonlySet<string>) =>
  (record: LogRecord): boolean => {
    const type = typeOf(record);
    return type === undefined || types.has(type);
  };

const timeOf = ({ records }: LogBatch): string => {
  const last = records.at(-1);
  return (last && headerOf(last, "ce_time")) ?? "";
};

const beginAtEnd = async ({ name }: Subscriber, { documents, log }: Pick<Ports, "documents" | "log">, topic: string): Promise<void> => {
  if ((await documents.position(name, topic, 0)) !== undefined) return;
  const ends = await log.ends(topic);
  const begin = (some: typeof ends) =>
    Promise.all(some.map(({ partition, offset }) => documents.beginPosition(name, topic, partition, offset)));
  await begin(ends.filter(({ partition }) => partition > 0));
  // The last one: its position says that every partition has one.
  await begin(ends.filter(({ partition }) => partition === 0));
};

export const positionsOf = (
  { name }: Subscriber,
  { documents }: Pick<Ports, "documents">,
  { topic, partition }: TopicPartition,
): Positions => ({
  load: () => documents.position(name, topic, partition),
  save: (next) => documents.savePosition(name, topic, partition, next),
});
