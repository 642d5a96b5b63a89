import type { Codec } from "../codec/codec.ts";
import { nameOf } from "../log/partition.ts";
import type { Clock, LogBatch, LogRecord, TopicPartition } from "../ports.ts";
import { byStream, type FailedStream, handOver } from "./batch.ts";
import type { Delivered } from "./delivered.ts";
import { latePosition, type Positions } from "./position.ts";
import type { Handler } from "./subscriber.ts";

/**
 * One partition while it is assigned: its turns, its handler and its position. Five rules keep it correct:
 * - The position is read before the policy opens. A former owner parks events before it saves the position, so every parked event before
 *   the position is found.
 * - The handler is flushed before a stream is parked, so that everything before a parked event is in the store.
 * - If another owner wrote in between, the batch returns the saved position, and everything since the last flush is handled again.
 * - A redrive uses the partition's handler in a turn of its own, so that the handler's documents stay current.
 * - A replay rejects the reactor (`stop.ts`), which would act on old events.
 */
export type Partition = TopicPartition & {
  readonly signal: AbortSignal;
  /** The first offset to read; undefined: the start. */
  readonly begin: number | undefined;
  /** Batches and redrives take turns; rejects once the partition is lost. */
  readonly turn: <T>(work: (handler: Handler) => Promise<T>) => Promise<T>;
  /** Returns the next offset, or the last saved one if another owner wrote in between. */
  readonly batch: (batch: LogBatch) => Promise<number>;
  /** Resolves when the last turn is over and its position is saved. */
  readonly settled: () => Promise<void>;
};

/** Handles streams that cannot continue. A healthy batch only calls `skips` and `waits`. */
export type FailurePolicy = (partition: Partition) => Promise<{
  /** Whether this event was discarded. */
  readonly skips: (record: LogRecord) => boolean;
  /** Whether this stream waits behind an event that cannot be handled. */
  readonly waits: (stream: string) => boolean;
  /** Called after the flush. If it rejects, the batch is not done. */
  readonly failed: (failed: readonly FailedStream[]) => Promise<void>;
}>;

export type PartitionOptions = {
  readonly open: () => Handler;
  readonly selects: (record: LogRecord) => boolean;
  readonly positions: Positions;
  readonly failures: FailurePolicy;
  readonly codec: Codec;
  readonly clock: Clock;
  /** Whether the writes of this batch may wait for further ones. */
  readonly mayBuffer?: (batch: LogBatch, handler: Handler) => boolean;
  /** Called when all writes are in the store, with the last handled event of the batch. */
  readonly flushed?: (latest: Delivered | undefined) => void;
  /** Called when a batch is done, or its writes are buffered. */
  readonly passed?: (batch: LogBatch, isWritten: boolean) => void;
};

/** Number of records after which the position is saved although no record was selected. */
const SELDOM = 1_000;

/** Opens a partition that is assigned until the signal aborts. */
export const openPartition = async (place: TopicPartition, signal: AbortSignal, options: PartitionOptions): Promise<Partition> => {
  const { topic, partition: number } = place;
  const { open, selects, positions, failures, codec, clock, mayBuffer, flushed, passed } = options;
  const position = latePosition(positions, clock, signal);
  const begin = await position.load();
  const { turn, idle } = turns(place, open(), signal);
  const partition: Partition = {
    ...{ topic, partition: number, signal, begin, turn },
    batch: (batch) => turn((handler) => handle(batch, handler)),
    settled: () => idle().then(position.settled),
  };
  const policy = await failures(partition);

  const handle = async (batch: LogBatch, handler: Handler): Promise<number> => {
    const streams = byStream(batch.records, (record) => selects(record) && !policy.skips(record));
    const { latest, failed } = await handOver(streams, policy.waits, codec, handler);
    if (failed.length === 0 && mayBuffer?.(batch, handler)) {
      passed?.(batch, false);
      return batch.next;
    }
    if (!(await handler.flush())) return position.saved();
    flushed?.(latest);
    if (failed.length > 0) await policy.failed(failed);
    passed?.(batch, true);
    if (streams.size > 0 || batch.next - position.saved() >= SELDOM) position.save(batch.next);
    return batch.next;
  };
  return partition;
};

/** Runs one piece of work at a time until the partition is lost. */
const turns = (place: TopicPartition, handler: Handler, signal: AbortSignal) => {
  let last: Promise<unknown> = Promise.resolve();
  const turn = <T>(work: (handler: Handler) => Promise<T>): Promise<T> => {
    const run = (): Promise<T> => {
      if (signal.aborted) throw new Error(`${nameOf(place)} belongs to another instance now`);
      return work(handler);
    };
    const mine = last.then(run, run);
    last = mine;
    mine.catch(() => {});
    return mine;
  };
  const idle = (): Promise<void> =>
    last.then(
      () => {},
      () => {},
    );
  return { turn, idle };
};
