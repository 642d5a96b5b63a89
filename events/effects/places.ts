/** Effects of one target that run at once, and those of all effects that name none. */
const OF_TARGET = 8;
const OF_OTHERS = 32;
/** Streams that wait in memory for one target. The scan finds further ones. */
const MAX_WAITING = 500;

/**
 * The places that targets have: a bulkhead for each of them. A stream that finds none waits until one of its target's is free, and is then handed to
 * `wake`.
 */
export const places = (wake: (stream: string) => void) => {
  const taken = new Map<string | undefined, number>();
  const waiting = new Map<string | undefined, Set<string>>();
  const targets = new Map<string, string | undefined>();

  const forget = (stream: string): void => {
    const target = targets.get(stream);
    const queue = waiting.get(target);
    queue?.delete(stream);
    if (queue?.size === 0) waiting.delete(target);
    targets.delete(stream);
  };
  const leave = (target: string | undefined): void => {
    const left = (taken.get(target) ?? 1) - 1;
    if (left === 0) taken.delete(target);
    else taken.set(target, left);
    const [next] = waiting.get(target) ?? [];
    if (next === undefined) return;
    forget(next);
    wake(next);
  };
  return {
    enter: (target: string | undefined, stream: string): (() => void) | undefined => {
      forget(stream);
      const count = taken.get(target) ?? 0;
      if (count < (target === undefined ? OF_OTHERS : OF_TARGET)) {
        taken.set(target, count + 1);
        return () => leave(target);
      }
      const queue = waiting.get(target) ?? new Set();
      if (queue.size >= MAX_WAITING) return undefined;
      targets.set(stream, target);
      waiting.set(target, queue.add(stream));
      return undefined;
    },
    /** Whether a stream waits for a place. */
    holds: (stream: string): boolean => targets.has(stream),
  };
};
