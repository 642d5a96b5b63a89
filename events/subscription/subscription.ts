import type { Codec } from "../codec/codec.ts";
import { backOff } from "../concurrency.ts";
import { type Contract, groupOf } from "../contract.ts";
import type { Clock, LogRecord, Ports, Running } from "../ports.ts";
import { assignments, type Sharing } from "./assignments.ts";
import { LAG_THRESHOLD, memoryBudget } from "./memory-budget.ts";
import { parkedStreams } from "./parking/parked-streams.ts";
import type { Subscriber } from "./subscriber.ts";

/** The notifications of a subscription, and the hooks and limits that it shares with other subscriptions of its instance. */
export type SubscriptionHooks = Sharing & {
  readonly onParked: (reason: string, record: LogRecord) => void;
  readonly onError: (error: Error) => void;
};

/** Default hooks: no notifications, no sharing. */
export const defaultHooks = (): SubscriptionHooks => ({
  onParked: () => {},
  onError: () => {},
  onHandled: () => {},
  lagThreshold: LAG_THRESHOLD,
  memory: memoryBudget(),
  lags: { note: () => {} },
});

/** The progress of a subscription: the next offset by `topic/partition`, and the parked streams of its partitions. */
export type Progress = {
  readonly progress: ReadonlyMap<string, number>;
  /** The next offset by `topic/partition` after the last record whose writes are in the store. A partition without any is absent. */
  readonly written: ReadonlyMap<string, number>;
  /** The commit time of the latest event that the subscription has passed; empty = none yet. */
  readonly latest: () => string;
  readonly parked: { readonly has: (stream: string) => boolean; readonly size: number };
  /** Why the subscription cannot continue; empty = healthy. */
  readonly healthReasons: () => readonly string[];
  /** Looks for operator requests immediately. */
  readonly redrive: () => void;
};

/** Runs a subscriber over the log. Its positions are in the service's store. A stream that cannot continue is parked; all others continue. */
export const subscribe = async (
  contract: Contract,
  service: string,
  subscriber: Subscriber,
  ports: Ports,
  codec: Codec,
  hooks: SubscriptionHooks,
): Promise<Running & Progress> => {
  const { log, parking, clock } = ports;
  const { name, topics } = subscriber;
  const { onParked, onError } = hooks;
  const parked = parkedStreams({ contract, service, subscription: name, log, parking, clock, codec, onParked, onError, deadLetters: true });
  const assigned = assignments(subscriber, ports, codec, parked.policy, hooks);
  const subscription = { group: groupOf(contract, service, name), topics, position: assigned.begin, handle: assigned.handle, onError };
  const running = await joining(clock, async () => {
    await assigned.prepare();
    return log.subscribe(subscription);
  });
  const stopping = new AbortController();
  const redriving = parked.run(stopping.signal);
  return {
    progress: assigned.progress,
    written: assigned.written,
    latest: assigned.latest,
    parked,
    redrive: parked.wake,
    healthReasons: () => {
      const unread = running.trouble?.();
      return unread === undefined ? assigned.healthReasons() : [`cannot read the log: ${unread}`];
    },
    stop: async () => {
      await running.stop();
      await assigned.settled();
      stopping.abort();
      await redriving;
    },
  };
};

/** Tries several times, in case the log is still starting. */
const joining = async <T>(clock: Clock, join: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await join();
    } catch (error) {
      if (attempt >= 5) throw error;
      await clock.sleep(backOff(clock, attempt, 500));
    }
  }
};
