import { backOff, condition, eachOf } from "../../concurrency.ts";
import { asError } from "../../error.ts";
import { nameOf } from "../../log/partition.ts";
import { eventIdIn } from "../delivered.ts";
import type { FailurePolicy } from "../partition.ts";
import { type Context, learnDiscarded, sizeOf } from "./context.ts";
import { heldIn } from "./held-streams.ts";
import { park } from "./park.ts";
import { type Due, drain } from "./retry.ts";
import { asked, sweep } from "./sweep.ts";

/** Milliseconds between two polls for operator requests, and between two comparisons with the store. */
const POLL = 2_000;
const SWEEP = 30_000;
const CONCURRENCY = 4;

/**
 * The parked streams of a subscription on one instance. When an event is parked, all earlier events of its stream are handled or parked. Therefore
 * any owner may retry parked events in their order at any time.
 */
export const parkedStreams = (options: Omit<Context, "owned" | "discarded">) => {
  const context: Context = { ...options, owned: new Map(), discarded: new Set() };
  const { clock, parking, subscription, owned, discarded, onError } = context;
  const unswept = new Set<string>();
  const wake = condition(clock);
  let called = false;

  /** A stream that cannot continue is parked; all others continue. */
  const policy: FailurePolicy = async (partition) => {
    await learnDiscarded(context);
    const streams = heldIn(await parking.streams(subscription, partition));
    const name = nameOf(partition);
    const own = { partition, streams };
    if (!partition.signal.aborted) {
      owned.set(name, own);
      partition.signal.addEventListener("abort", () => void (owned.get(name) === own && owned.delete(name)), { once: true });
      if (streams.size > 0) {
        unswept.add(name);
        wake.notify();
      }
    }
    return {
      skips: (record) => discarded.size > 0 && discarded.has(eventIdIn(record)),
      waits: (stream) => streams.has(stream),
      failed: async (failed) => {
        if (await park(context, streams, failed)) wake.notify();
      },
    };
  };

  const work = (due: readonly Due[]): Promise<void> => eachOf(due, CONCURRENCY, (each) => drain(context, each));
  const sweepAll = async (): Promise<void> => {
    const fresh = new Set(unswept);
    await work(await sweep(context, fresh));
    for (const name of fresh) unswept.delete(name);
  };

  /** Until the signal aborts: executes operator requests, continues the work of dead owners, and retries streams whose schema is now known. */
  const run = async (signal: AbortSignal): Promise<void> => {
    let swept = clock.now();
    for (let failures = 0; ; ) {
      await wake.wait(failures > 0 ? backOff(clock, failures, 500) : sizeOf(context) > 0 ? POLL : SWEEP, signal);
      if (signal.aborted) return;
      try {
        if (unswept.size > 0 || Math.abs(clock.now() - swept) >= SWEEP) {
          await sweepAll();
          swept = clock.now();
        }
        if (called || sizeOf(context) > 0) {
          called = false;
          await work(await asked(context));
        }
        failures = 0;
      } catch (error) {
        failures++;
        // Failed work may have taken effect: the next pass compares with the store.
        swept = Number.NEGATIVE_INFINITY;
        onError(asError(error));
      }
    }
  };

  return {
    policy,
    run,
    has: (stream: string): boolean => [...owned.values()].some(({ streams }) => streams.has(stream)),
    get size(): number {
      return sizeOf(context);
    },
    /** Looks for operator requests immediately. */
    wake: (): void => {
      called = true;
      wake.notify();
    },
  };
};
