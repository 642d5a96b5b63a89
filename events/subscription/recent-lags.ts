import type { Clock } from "../ports.ts";

/** Milliseconds for which lags are kept, and how many of each collection. */
export const LAGS_KEPT = 60_000;
const MOST = 2_000;

/** How long commits have lately taken until this instance's collections showed them, in milliseconds. */
export const recentLags = (clock: Pick<Clock, "now">) => {
  const all = new Map<string, { readonly at: number; readonly took: number }[]>();
  return {
    /** A batch with this last event was handled. */
    note: (collection: string, time: string): void => {
      const [at, committed] = [clock.now(), Date.parse(time)];
      if (Number.isNaN(committed)) return;
      const own = all.get(collection) ?? [];
      all.set(collection, own);
      own.push({ at, took: Math.max(0, at - committed) });
      while (own.length > MOST || (own[0]?.at ?? at) < at - LAGS_KEPT) own.shift();
    },
    /** Those of the last so many milliseconds. */
    of: (collection: string, within: number): readonly number[] => {
      const since = clock.now() - within;
      return (all.get(collection) ?? []).flatMap(({ at, took }) => (at >= since ? [took] : []));
    },
  };
};
export type RecentLags = ReturnType<typeof recentLags>;
