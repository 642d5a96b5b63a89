import { backOff, condition } from "../concurrency.ts";
import { aggregateOf } from "../message.ts";
import type { Commit, StreamPosition } from "../ports.ts";
import { type EffectsRuntime, effectOf } from "./attempt.ts";
import { places } from "./places.ts";
import { lowest, runStream } from "./stream.ts";

export type { EffectsObserver, Guard } from "./attempt.ts";

/** Maximum number of streams whose effects run at once, whatever their targets are. */
const CONCURRENCY = 256;
/** Maximum number of streams that wait in memory. The scan finds further ones by their due marks in the store. */
const MAX_WAITING = 5_000;
/** Milliseconds between two scans of the marks. */
const SCAN_INTERVAL = 2_000;
/** How long a stopping instance waits for attempts that do not react to the abort. */
const STOP_TIMEOUT = 3_000;

/**
 * Runs the effects of a service's own events, independently of the log: one at a time for each stream, lowest version first, with a bound for each
 * target. An effect ends in exactly one outcome command; then its due mark is removed. After a crash at any point the effect runs again.
 */
export const effectsWorker = <Outside>(runtime: EffectsRuntime<Outside>) => {
  const { store, clock, executor, observer } = runtime;
  const { failed } = observer;
  const wake = condition(clock);
  /** Streams with due effects. */
  const waiting = new Set<string>();
  /** The attempt under way in a stream. */
  const running = new Map<string, AbortController>();
  const wait = (stream: string): void => void (waiting.size < MAX_WAITING && !targets.holds(stream) && waiting.add(stream));
  const targets = places((stream) => {
    waiting.add(stream);
    wake.notify();
  }, clock.now);

  const work = async (stop: AbortSignal): Promise<void> => {
    const busy = new Map<string, Promise<void>>();
    while (!stop.aborted) {
      for (const stream of waiting) {
        if (busy.size >= CONCURRENCY) break;
        if (busy.has(stream)) continue;
        waiting.delete(stream);
        const one = runStream(runtime, running, targets.enter, stream, stop)
          .catch(async (error) => {
            failed(error, stream);
            await clock.sleep(backOff(clock, 3), stop);
            wait(stream);
          })
          .finally(() => {
            busy.delete(stream);
            wake.notify();
          });
        busy.set(stream, one);
      }
      await wake.wait(60_000, stop);
    }
    // An attempt that ignores the abort is abandoned: its mark stays, and the next owner starts it again.
    const ended = new AbortController();
    await Promise.race([Promise.all(busy.values()), clock.sleep(STOP_TIMEOUT, ended.signal)]);
    ended.abort("over");
  };

  /** Finds due marks of a former incarnation or a dead instance. */
  const scan = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      try {
        let after: StreamPosition | undefined;
        do {
          const page = await store.due("effects", after, 500);
          for (const { stream } of page) if (!running.has(stream)) wait(stream);
          after = page.length < 500 || waiting.size >= MAX_WAITING ? undefined : page.at(-1);
        } while (after && !stop.aborted);
        if (waiting.size > 0) wake.notify();
      } catch (error) {
        failed(error, "scan");
      }
      await clock.sleep(SCAN_INTERVAL, stop);
      targets.look();
    }
  };

  const abortIfUnneeded = async (stream: string, underWay: AbortController): Promise<void> => {
    try {
      const task = await lowest(store, stream);
      const { effect, event } = (task && effectOf(runtime, task)) ?? {};
      if (!effect?.isStillNeeded) return;
      const { state } = await executor.state(aggregateOf(stream), stream);
      if (!effect.isStillNeeded(state, event)) underWay.abort("no longer needed");
    } catch (error) {
      failed(error, stream);
    }
  };

  return {
    /** Called for every commit: starts new effects, and aborts a running effect that the commit makes unnecessary. */
    notify: ({ stream, effects }: Commit): void => {
      if (effects.length > 0) {
        wait(stream);
        wake.notify();
      }
      const underWay = running.get(stream);
      if (underWay) void abortIfUnneeded(stream, underWay);
    },
    run: async (stop: AbortSignal): Promise<void> => {
      await Promise.all([work(stop), scan(stop)]);
    },
    running: () => running.size,
  };
};
