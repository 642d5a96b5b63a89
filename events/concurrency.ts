import type { Clock } from "./ports.ts";

/** Runs what has the same key one after the other, in the order of asking; different keys do not wait for each other. */
export const keyedTurns = () => {
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
 * Keeps the entries used last: so many, and together so heavy, but always the last one. What was used when is a chain of its own: a key that is
 * taken out of a Map and put back stays in its bucket as a hole, and a key used all the time would cost as much as thousands.
 */
export const recent = <V>(limit: number, heaviest = Number.POSITIVE_INFINITY, weigh: (value: V) => number = () => 0) => {
  type Link = { older: Link; newer: Link };
  type Entry = Link & { readonly key: string; value: V };
  const entries = new Map<string, Entry>();
  /** Next to both the newest and the oldest. */
  const ends = {} as Link;
  ends.older = ends.newer = ends;
  let weight = 0;
  const unlink = ({ older, newer }: Link): void => {
    older.newer = newer;
    newer.older = older;
  };
  const makeNewest = (entry: Entry): void => {
    entry.older = ends.older;
    entry.newer = ends;
    ends.older = ends.older.newer = entry;
  };
  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (!entry) return;
    weight -= weigh(entry.value);
    unlink(entry);
    entries.delete(key);
  };
  return {
    get: (key: string): V | undefined => {
      const entry = entries.get(key);
      if (!entry) return undefined;
      unlink(entry);
      makeNewest(entry);
      return entry.value;
    },
    set: (key: string, value: V): void => {
      const known = entries.get(key);
      const entry = known ?? { key, value, older: ends, newer: ends };
      if (known) {
        weight -= weigh(known.value);
        unlink(known);
        known.value = value;
      } else entries.set(key, entry);
      makeNewest(entry);
      weight += weigh(value);
      while (entries.size > 1 && (entries.size > limit || weight > heaviest)) remove((ends.newer as Entry).key);
    },
    delete: remove,
  };
};

/** Lets a loop sleep until there is something to do, or until the time is up. */
export const alarm = (clock: Clock) => {
  let ring: (() => void) | undefined;
  let rung = false;
  return {
    ring: (): void => {
      rung = true;
      ring?.();
    },
    /** Returns at once if it rang since the last wait. Did it ring? */
    wait: async (milliseconds: number, signal: AbortSignal): Promise<boolean> => {
      if (!rung && !signal.aborted) {
        const enough = new AbortController();
        // With a reason of its own no error is made, which would cost more than all the rest.
        const stop = () => enough.abort("woken");
        signal.addEventListener("abort", stop, { once: true });
        ring = stop;
        await clock.sleep(milliseconds, enough.signal);
        ring = undefined;
        signal.removeEventListener("abort", stop);
      }
      const hasRung = rung;
      rung = false;
      return hasRung;
    },
  };
};

/** Runs over items with so many at a time. The first error is thrown once all that began have ended. */
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

/** The pause before attempt number `attempt` (from 1): doubling, bounded, and spread so that many do not come at once. */
export const backOff = (clock: Clock, attempt: number, first = 100, longest = 10_000): number =>
  Math.min(longest, first * 2 ** Math.min(attempt - 1, 20)) * (0.5 + clock.random() / 2);
