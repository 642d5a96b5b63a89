import { asError } from "./error.ts";
import type { Clock } from "./ports.ts";

/** A mutex for each key: work under one key runs in the order of the calls; different keys do not wait for each other. */
export const keyedMutex = () => {
  const tails = new Map<string, Promise<unknown>>();
  return <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(run, run);
    tails.set(key, turn);
    const leave = () => {
      if (tails.get(key) === turn) tails.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  };
};

/**
 * Lets work run while all that is held at a time stays within a limit; what holds more by itself runs alone. The others wait, and those that fit
 * go first.
 */
export const budget = (limit: number) => {
  const waiting = new Set<{ readonly held: number; readonly admit: () => void }>();
  let left = limit;
  const admits = (held: number): boolean => {
    if (held > left && left < limit) return false;
    left -= held;
    return true;
  };
  return async <T>(held: number, work: () => Promise<T>): Promise<T> => {
    if (!admits(held)) await new Promise<void>((admit) => waiting.add({ held, admit }));
    try {
      return await work();
    } finally {
      left += held;
      for (const each of waiting)
        if (admits(each.held)) {
          waiting.delete(each);
          each.admit();
        }
    }
  };
};

/** Lets a loop sleep until it is notified, or until the time is up. */
export const condition = (clock: Clock) => {
  let notify: (() => void) | undefined;
  let notified = false;
  return {
    notify: (): void => {
      notified = true;
      notify?.();
    },
    /** Waits for a notification, or until the time is up. Returns true immediately if there was a notification since the last wait. */
    wait: async (milliseconds: number, signal: AbortSignal): Promise<boolean> => {
      if (!notified && !signal.aborted) {
        const woken = new AbortController();
        // An explicit reason: otherwise `abort` creates an error, which costs more than everything else here.
        const stop = () => woken.abort("woken");
        signal.addEventListener("abort", stop, { once: true });
        notify = stop;
        await clock.sleep(milliseconds, woken.signal);
        notify = undefined;
        signal.removeEventListener("abort", stop);
      }
      const wasNotified = notified;
      notified = false;
      return wasNotified;
    },
  };
};

/** Runs a function over items, at most `atOnce` at a time. After an error it starts no further calls, waits for the running ones and throws. */
export const eachOf = async <T>(items: Iterable<T>, atOnce: number, run: (item: T) => Promise<void>): Promise<void> => {
  const iterator = items[Symbol.iterator]();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (let next = iterator.next(); !next.done && !failure; next = iterator.next()) {
      try {
        await run(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failure) throw failure.error;
};

/** Like `eachOf`, but returns the results in the order of the items. */
export const mapOf = async <T, R>(items: readonly T[], atOnce: number, run: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = [];
  await eachOf(items.entries(), Math.min(atOnce, items.length), async ([index, item]) => {
    results[index] = await run(item);
  });
  return results;
};

/** The pause before attempt number `attempt` (from 1), in milliseconds: doubling, bounded, and jittered. */
export const backOff = (clock: Pick<Clock, "random">, attempt: number, first = 100, longest = 10_000): number =>
  Math.min(longest, first * 2 ** Math.min(attempt - 1, 20)) * (0.5 + clock.random() / 2);

/** Retries with growing pauses until an attempt succeeds. Returns undefined if `isOver` becomes true before. */
export const retry = async <T>(
  clock: Pick<Clock, "sleep" | "random">,
  attempt: () => Promise<T>,
  {
    isOver,
    signal,
    failed,
  }: { readonly isOver: () => boolean; readonly signal: AbortSignal; readonly failed?: ((error: Error) => void) | undefined },
): Promise<{ readonly value: T } | undefined> => {
  for (let failures = 1; !isOver(); failures++) {
    try {
      return { value: await attempt() };
    } catch (error) {
      if (isOver()) return undefined;
      failed?.(asError(error));
      await clock.sleep(backOff(clock, failures, 200), signal);
    }
  }
  return undefined;
};
