import type { Clock, LogBatch } from "../ports.ts";

/** How long work on a partition may fail or last before the subscription counts as stuck, in milliseconds. */
const FAILING = 5_000;
const TAKING = 30_000;
/** The lag, in events, and its duration after which a subscription counts as late: its read models are stale. */
const LATE_LAG = 10_000;
const LATE = 30_000;

type Work = { readonly since: number; readonly signal: AbortSignal; error?: string };
type Behind = { readonly since: number; readonly signal: AbortSignal; readonly events: number };

/** Watches the work of a subscription on its partitions, each until its assignment ends. */
export const healthWatch = (clock: Clock) => {
  const work = new Map<string, Work>();
  const behind = new Map<string, Behind>();
  const seconds = (since: number): number => Math.round((clock.now() - since) / 1_000);
  const of = <E extends { readonly signal: AbortSignal }>(entries: Map<string, E>, place: string, signal: AbortSignal): E | undefined => {
    const entry = entries.get(place);
    return entry?.signal === signal ? entry : undefined;
  };

  const stuckest = (): string | undefined => {
    const stuck = [...work].filter(
      ([, { since, signal, error }]) => !signal.aborted && clock.now() - since >= (error === undefined ? TAKING : FAILING),
    );
    const [first] = stuck;
    if (!first) return undefined;
    const [place, { since, error }] = first;
    const more = stuck.length > 1 ? ` and ${stuck.length - 1} more partitions` : "";
    return `has not got on with ${place}${more} for ${seconds(since)} s${error === undefined ? "" : `: ${error}`}`;
  };
  const farthest = (): string | undefined => {
    const late = [...behind].filter(
      ([, { since, signal, events }]) => !signal.aborted && events >= LATE_LAG && clock.now() - since >= LATE,
    );
    const [place, entry] = late.sort(([, a], [, b]) => b.events - a.events)[0] ?? [];
    return entry && `is ${entry.events} events behind in ${place}`;
  };

  return {
    /** Runs work for a partition. The caller repeats failed work; the time counts from the start of the first attempt. */
    during: async <T>(place: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> => {
      const entry = of(work, place, signal) ?? { since: clock.now(), signal };
      work.set(place, entry);
      try {
        const result = await run();
        if (work.get(place) === entry) work.delete(place);
        return result;
      } catch (error) {
        entry.error = error instanceof Error ? error.message : String(error);
        throw error;
      }
    },
    /** Records that a batch is handled. A subscription that starts with a large lag is late immediately. */
    handled: ({ topic, partition, next, end = next }: LogBatch, signal: AbortSignal): void => {
      const place = `${topic}/${partition}`;
      const before = of(behind, place, signal);
      const since = before === undefined ? 0 : before.events < LATE_LAG ? clock.now() : before.since;
      behind.set(place, { since, signal, events: end - next });
    },
    now: (): readonly string[] => [stuckest(), farthest()].flatMap((each) => each ?? []),
  };
};
