import { setMaxListeners } from "node:events";
import type { Batch } from "kafkajs";
import { retry } from "../concurrency.ts";
import type { LogBatch, LogSubscription } from "../ports.ts";
import { KafkaRecord } from "./kafka-record.ts";
import { pause, real } from "./waiting.ts";

export type GroupSubscription = LogSubscription & {
  /** After every step forward, also over records that are not handed out. */
  readonly onAdvance?: (topic: string, partition: number, next: number) => void;
};

/** What a lane asks of the consumer. */
export type LaneControl = {
  readonly pause: (topic: string, partition: number) => void;
  readonly resumeAt: (topic: string, partition: number, offset: number) => void;
  readonly range: (topic: string, partition: number) => Promise<{ readonly low: number; readonly high: number }>;
};

/** One partition during one assignment. `at` is where the caller stands: nothing is handed over from anywhere else. */
type Lane = {
  readonly topic: string;
  readonly partition: number;
  at: number | undefined;
  busy: boolean;
  slow: boolean;
  letGo: () => void;
};

/** Handling that takes longer than this goes on beside the consumer, with only its partition paused. */
const grace = 500;

/** The partitions that a member holds between two rebalances. `running` outlives it: a partition is handled once at a time also across assignments. */
export const lanesOf = (
  subscription: GroupSubscription,
  control: LaneControl,
  running: Map<string, Promise<unknown>>,
  assigned: { readonly [topic: string]: readonly number[] },
) => {
  const ended = new AbortController();
  const { signal } = ended;
  // Every partition may wait for it.
  setMaxListeners(0, signal);
  const lanes = new Map<string, Lane>();
  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;
  for (const [topic, partitions] of Object.entries(assigned)) {
    for (const partition of partitions) {
      lanes.set(nameOf(topic, partition), { topic, partition, at: undefined, busy: false, slow: false, letGo: () => {} });
    }
  }
  const tell = (error: Error) => subscription.onError?.(error);

  const retrying = <T>(attempt: () => Promise<T>, failed = tell) => retry(real, attempt, { isOver: () => signal.aborted, signal, failed });

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

  /** The broker delivered from elsewhere: either it was asked before the last seek, or it has not got what the caller stands before. */
  const realign = async (lane: Lane, at: number): Promise<void> => {
    lane.busy = true;
    control.pause(lane.topic, lane.partition);
    const range = await retrying(() => control.range(lane.topic, lane.partition));
    lane.busy = false;
    if (!range) return;
    const { low, high } = range.value;
    const isThere = at >= low && at <= high;
    if (!isThere && at !== 0)
      tell(new Error(`${lane.topic}/${lane.partition} holds ${low} to ${high} and not ${at}: it is read from its start`));
    moveTo(lane, isThere ? at : low);
  };

  const advance = (lane: Lane, next: number): void => {
    lane.at = next;
    subscription.onAdvance?.(lane.topic, lane.partition, next);
  };

  /** Handles a batch; false if it is not done while the consumer waits: then its partition is paused, and goes on by itself. */
  const work = async (lane: Lane, batch: LogBatch): Promise<boolean> => {
    const started = Date.now();
    const deadline = new AbortController();
    lane.busy = true;
    lane.letGo = () => deadline.abort();
    const handled = retrying(
      () => subscription.handle(batch, signal),
      (error) => {
        lane.letGo();
        tell(error);
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
    lane.letGo();
    if (!lane.busy && lane.at === batch.next) return true;
    control.pause(lane.topic, lane.partition);
    void handled.then((next) => next !== undefined && moveTo(lane, next));
    return false;
  };

  return {
    /** Asks where the caller stands in each. The consumer must not have fetched yet. */
    begin: () => {
      for (const lane of lanes.values()) {
        control.pause(lane.topic, lane.partition);
        void begin(lane);
      }
    },
    /** The offset to resolve, or undefined if the consumer is to stay where it is. */
    take: async (batch: Batch): Promise<string | undefined> => {
      const { topic, partition } = batch;
      const lane = lanes.get(nameOf(topic, partition));
      if (!lane || lane.at === undefined || lane.busy || signal.aborted) return undefined;
      // Not in its type, but in the object: where the broker was asked to read from.
      const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
      if (Number(fetchedOffset) !== lane.at) {
        void realign(lane, lane.at);
        return undefined;
      }
      const last = batch.lastOffset();
      const records = batch.messages.map((message) => new KafkaRecord(topic, partition, message));
      return (await work(lane, { topic, partition, records, next: Number(last) + 1, end: Number(batch.highWatermark) })) ? last : undefined;
    },
    /** kafkajs stepped over records that nobody is to see (marks of transactions). */
    skip: (topic: string, partition: number, last: number): void => {
      const lane = lanes.get(nameOf(topic, partition));
      if (lane?.at !== undefined && !lane.busy && !signal.aborted && last >= lane.at) advance(lane, last + 1);
    },
    /** Where the caller stands, for tools that show how far a group is behind. */
    positions: () =>
      [...lanes.values()].flatMap(({ topic, partition, at }) => (at === undefined ? [] : [{ topic, partition, offset: String(at) }])),
    /** The assignment is over: what still runs is told. */
    end: () => {
      if (signal.aborted) return;
      ended.abort();
      for (const { topic, partition, letGo } of lanes.values()) {
        control.pause(topic, partition);
        letGo();
      }
    },
  };
};
export type Lanes = ReturnType<typeof lanesOf>;
