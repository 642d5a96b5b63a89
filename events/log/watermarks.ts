import { backOff, condition } from "../concurrency.ts";
import type { Clock, EventStore, LogEnd, Watermark } from "../ports.ts";
import { nameOf } from "./partition.ts";

/** Milliseconds between two saves. A start compares with the log what came later. */
const INTERVAL = 5_000;

/**
 * Keeps in the store how far it contains its own topics. A commit is stored before it is published, so the store contains everything before a record
 * that this process has published. A watermark is saved once the marks of those commits are cleared: a store that is restored together with it
 * publishes nothing anew.
 */
export const watermarkKeeper = (
  { store, clock }: { readonly store: Pick<EventStore, "saveWatermarks">; readonly clock: Clock },
  onError: (error: unknown) => void,
) => {
  const ids = new Map<string, string>();
  const waiting = new Map<string, Watermark>();
  const wake = condition(clock);

  const reached = (ends: readonly LogEnd[]): void => {
    for (const { topic, partition, end: offset } of ends) {
      const topicId = ids.get(topic);
      if (topicId !== undefined && (waiting.get(nameOf({ topic, partition }))?.offset ?? 0) < offset)
        waiting.set(nameOf({ topic, partition }), { topic, partition, topicId, offset });
    }
    if (waiting.size > 0) wake.notify();
  };
  const save = async (): Promise<void> => {
    const all = [...waiting.values()];
    waiting.clear();
    try {
      if (all.length > 0) await store.saveWatermarks(all);
    } catch (error) {
      reached(all.map(({ topic, partition, offset }) => ({ topic, partition, end: offset })));
      throw error;
    }
  };

  return {
    /** Names the service's own topics, with their ids. No watermark is saved before. */
    begin: (topics: ReadonlyMap<string, string>): void => {
      for (const [topic, id] of topics) ids.set(topic, id);
    },
    reached,
    save,
    run: async (signal: AbortSignal): Promise<void> => {
      for (let failures = 0; !signal.aborted; ) {
        if (waiting.size === 0) await wake.wait(60_000, signal);
        await clock.sleep(failures > 0 ? backOff(clock, failures) : INTERVAL, signal);
        try {
          await save();
          failures = 0;
        } catch (error) {
          failures++;
          onError(error);
        }
      }
    },
  };
};
