import type { Clock, LogBatch } from "../ports.ts";

/** How long work on a partition may fail, and how long it may take, before a subscription counts as stuck. */
const FAILING = 5_000;
const TAKING = 30_000;
/** Events behind the end of a partition, and for how long, that count as late: what is read is old. */
const FAR = 10_000;
const LATE = 30_000;

type Work = { readonly since: number; readonly signal: AbortSignal; error?: string };
type Behind = { readonly since: number; readonly signal: AbortSignal; readonly events: number };

/** Watches what a subscription does in its partitions, each until the signal of its assignment. */
export const troubles = (clock: Clock) => {
  const work = new Map<string, Work>();
  const behind = new Map<string, Behind>();
  const seconds = (since: number): number => Math.round((clock.now() - since) / 1_000);
  const of = <E extends { readonly signal: AbortSignal }>(entries: Map<string, E>, place: string, signal: AbortSignal): E | undefined => {
    const entry = entries.get(place);
    return entry?.signal === signal ? entry : undefined;
  };

  const worst = (): string | undefined => {
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
    const late = [...behind].filter(([, { since, signal, events }]) => !signal.aborted && events >= FAR && clock.now() - since >= LATE);
    const [place, entry] = late.sort(([, a], [, b]) => b.events - a.events)[0] ?? [];
    return entry && `is ${entry.events} events behind in ${place}`;
  };

  return {
    /** Does something for a partition. What fails is tried again by whoever asked for it, and counts from its first attempt. */
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
    /** A batch is handled. Far behind from the first one on is late at once: there is nothing to fall back on. */
    handled: ({ topic, partition, next, end = next }: LogBatch, signal: AbortSignal): void => {
      const place = `${topic}/${partition}`;
      const before = of(behind, place, signal);
      const since = before === undefined ? 0 : before.events < FAR ? clock.now() : before.since;
      behind.set(place, { since, signal, events: end - next });
    },
    now: (): readonly string[] => [worst(), farthest()].flatMap((each) => each ?? []),
  };
};
