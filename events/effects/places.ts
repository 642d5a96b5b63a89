/** Effects of one target that run at once, and those of all effects that name none. As many more may run that take longer than `SLOW` milliseconds. */
const OF_TARGET = 8;
const OF_OTHERS = 32;
const SLOW = 30_000;
/** Streams that wait in memory for one target. The scan finds further ones. */
const MAX_WAITING = 500;

/**
 * The places that targets have: a bulkhead for each of them. A stream that finds none waits until one of its target's is free, and is then handed to
 * `wake`. Calls that are slow do not hold up those that would be quick, until there are too many of them.
 */
export const places = (wake: (stream: string) => void, now: () => number) => {
  /** Since when each place is taken. */
  const taken = new Map<string | undefined, Set<{ readonly since: number }>>();
  const waiting = new Map<string | undefined, Set<string>>();
  const targets = new Map<string, string | undefined>();

  const free = (target: string | undefined): number => {
    const bound = target === undefined ? OF_OTHERS : OF_TARGET;
    const all = [...(taken.get(target) ?? [])];
    const slow = all.filter(({ since }) => now() - since >= SLOW).length;
    return bound + Math.min(slow, bound) - all.length;
  };
  const forget = (stream: string): void => {
    const target = targets.get(stream);
    const queue = waiting.get(target);
    queue?.delete(stream);
    if (queue?.size === 0) waiting.delete(target);
    targets.delete(stream);
  };
  const wakeNext = (target: string | undefined): void => {
    const [next] = waiting.get(target) ?? [];
    if (next === undefined || free(target) <= 0) return;
    forget(next);
    wake(next);
  };
  return {
    enter: (target: string | undefined, stream: string): (() => void) | undefined => {
      forget(stream);
      if (free(target) > 0) {
        const [place, all] = [{ since: now() }, taken.get(target) ?? new Set<{ readonly since: number }>()];
        taken.set(target, all.add(place));
        return () => {
          all.delete(place);
          if (all.size === 0) taken.delete(target);
          wakeNext(target);
        };
      }
      const queue = waiting.get(target) ?? new Set();
      if (queue.size >= MAX_WAITING) return undefined;
      targets.set(stream, target);
      waiting.set(target, queue.add(stream));
      return undefined;
    },
    /** Whether a stream waits for a place. */
    holds: (stream: string): boolean => targets.has(stream),
    /** Hands over a stream of each target that has a place by now, since what runs there has become slow. */
    look: (): void => {
      for (const target of [...waiting.keys()]) wakeNext(target);
    },
  };
};
