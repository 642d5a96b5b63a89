import { setMaxListeners } from "node:events";
import type { Batch } from "kafkajs";
import { retry } from "../concurrency.ts";
import type { LogBatch, LogSubscription } from "../ports.ts";
import { KafkaRecord } from "./kafka-record.ts";
import { pause, real } from "./waiting.ts";

export type GroupSubscription = LogSubscription & {
  /** Called after every step forward, also over records that are not delivered. */
  readonly onAdvance?: (topic: string, partition: number, next: number) => void;
};

/** The operations of the consumer that a lane uses. */
export type LaneControl = {
  readonly pause: (topic: string, partition: number) => void;
  readonly resumeAt: (topic: string, partition: number, offset: number) => void;
  readonly range: (topic: string, partition: number) => Promise<{ readonly low: number; readonly high: number }>;
};

/** One partition during one assignment. `at` is the subscriber's position: only records from there are delivered. */
type Lane = {
  readonly topic: string;
  readonly partition: number;
  at: number | undefined;
  busy: boolean;
  slow: boolean;
  release: () => void;
};

/** A batch that takes longer than this continues in the background, and only its partition is paused. */
const grace = 500;

/** The partitions of a member between two rebalances. `running` outlives them: a partition is never handled twice at a time, even across assignments. */
export const lanesOf = (
  subscription: GroupSubscription,
  control: LaneControl,
  running: Map<string, Promise<unknown>>,
  assigned: { readonly [topic: string]: readonly number[] },
) => {
  const ended = new AbortController();
  const { signal } = ended;
  // Every partition may add a listener.
  setMaxListeners(0, signal);
  const lanes = new Map<string, Lane>();
  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;
  for (const [topic, partitions] of Object.entries(assigned)) {
    for (const partition of partitions) {
      lanes.set(nameOf(topic, partition), { topic, partition, at: undefined, busy: false, slow: false, release: () => {} });
    }
  }
  const report = (error: Error) => subscription.onError?.(error);

  const retrying = <T>(attempt: () => Promise<T>, failed = report) =>
    retry(real, attempt, { isOver: () => signal.aborted, signal, failed });

  const moveTo = (lane: Lane, offset: number): void => {
    if (signal.aborted) return;
    lane.at = offset;
    control.resumeAt(lane.topic, lane.partition, offset);
  };

  const begin = async (lane: Lane): Promise<void> => {
    await running.get(nameOf(lane.topic, lane.partition));
    const position = await retrying(() => subscription.position(lane.topic, lane.partition, signal));
    if (position) moveTo(lane, position.value ?? 0);
  };

  /** The broker delivered from another offset: it received the request before the last seek, or the log does not contain the subscriber's position. */
  const realign = async (lane: Lane, at: number): Promise<void> => {
    lane.busy = true;
    control.pause(lane.topic, lane.partition);
    const range = await retrying(() => control.range(lane.topic, lane.partition));
    lane.busy = false;
    if (!range) return;
    const { low, high } = range.value;
    const isThere = at >= low && at <= high;
    if (!isThere && at !== 0)
      report(new Error(`${lane.topic}/${lane.partition} holds ${low} to ${high} and not ${at}: it is read from its start`));
    moveTo(lane, isThere ? at : low);
  };

  const advance = (lane: Lane, next: number): void => {
    lane.at = next;
    subscription.onAdvance?.(lane.topic, lane.partition, next);
  };

  /** Handles a batch. Returns false if it takes longer than the consumer waits; then its partition is paused and resumes when it is done. */
  const work = async (lane: Lane, batch: LogBatch): Promise<boolean> => {
    const started = Date.now();
    const deadline = new AbortController();
    lane.busy = true;
    lane.release = () => deadline.abort();
    const handled = retrying(
      () => subscription.handle(batch, signal),
      (error) => {
        lane.release();
        report(error);
      },
    ).then((outcome): number | undefined => {
      lane.busy = false;
      lane.slow = Date.now() - started > grace;
      if (!outcome || signal.aborted) return undefined;
      advance(lane, outcome.value);
      return outcome.value;
    });
    running.set(nameOf(lane.topic, lane.partition), handled);
    await Promise.race([handled, pause(lane.slow ? 0 : grace, deadline.signal)]);
    lane.release();
    if (!lane.busy && lane.at === batch.next) return true;
    control.pause(lane.topic, lane.partition);
    void handled.then((next) => next !== undefined && moveTo(lane, next));
    return false;
  };

  return {
    /** Loads the subscriber's position in each partition. The consumer must not have fetched yet. */
    begin: () => {
      for (const lane of lanes.values()) {
        control.pause(lane.topic, lane.partition);
        void begin(lane);
      }
    },
    /** Returns the offset to resolve, or undefined if the consumer must not advance. */
    take: async (batch: Batch): Promise<string | undefined> => {
      const { topic, partition } = batch;
      const lane = lanes.get(nameOf(topic, partition));
      if (!lane || lane.at === undefined || lane.busy || signal.aborted) return undefined;
      // The type does not declare it: the offset that was requested from the broker.
      const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
      if (Number(fetchedOffset) !== lane.at) {
        void realign(lane, lane.at);
        return undefined;
      }
      const last = batch.lastOffset();
      const records = batch.messages.map((message) => new KafkaRecord(topic, partition, message));
      return (await work(lane, { topic, partition, records, next: Number(last) + 1, end: Number(batch.highWatermark) })) ? last : undefined;
    },
    /** kafkajs skipped records that consumers do not see (markers of transactions). */
    skip: (topic: string, partition: number, last: number): void => {
      const lane = lanes.get(nameOf(topic, partition));
      if (lane?.at !== undefined && !lane.busy && !signal.aborted && last >= lane.at) advance(lane, last + 1);
    },
    /** The subscriber's positions, for tools that show the lag of a group. */
    positions: () =>
      [...lanes.values()].flatMap(({ topic, partition, at }) => (at === undefined ? [] : [{ topic, partition, offset: String(at) }])),
    /** Ends the assignment: aborts the handlers that still run. */
    end: () => {
      if (signal.aborted) return;
      ended.abort();
      for (const { topic, partition, release } of lanes.values()) {
        control.pause(topic, partition);
        release();
      }
    },
  };
};
export type Lanes = ReturnType<typeof lanesOf>;
