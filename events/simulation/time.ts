import type { Clock } from "../ports.ts";

/** A seeded random number generator (sfc32) for 0 <= x < 1. It gives the same numbers on every machine. */
export const seeded = (seed: number): (() => number) => {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
};

/** A sleeper that wakes early stays in the heap until its time, and is skipped then. */
type Sleeper = { readonly at: number; readonly order: number; wake: (() => void) | undefined };

/** Time that stands still while any task can run, and then jumps to the next sleeper. Nothing waits in real time. */
export const virtualTime = (random: () => number, start = Date.UTC(2026, 0, 1)) => {
  let now = start;
  let order = 0;
  const sleepers: Sleeper[] = [];

  const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = { at: now + Math.max(0, milliseconds), order: order++, wake: resolve };
      if (signal) {
        const abort = () => {
          sleeper.wake = undefined;
          resolve();
        };
        sleeper.wake = () => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        signal.addEventListener("abort", abort, { once: true });
      }
      push(sleepers, sleeper);
    });
  };

  /** Runs until the condition holds. Returns false if the virtual time runs out or no sleeper is left. */
  const run = async (until: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> => {
    const end = now + milliseconds;
    for (;;) {
      await settled();
      const over = until();
      if (over === true || (over !== false && (await over))) return true;
      let next = pop(sleepers);
      while (next && !next.wake) next = pop(sleepers);
      if (!next || next.at > end) {
        if (next) push(sleepers, next);
        return false;
      }
      now = Math.max(now, next.at);
      next.wake?.();
    }
  };

  const clock: Clock = { now: () => now, sleep, random };
  return {
    clock,
    /** Shifts the clock, as an operator would correct a wrong clock. */
    jump: (milliseconds: number): void => {
      now += milliseconds;
    },
    run,
    /** Runs until the work is done, for at most an hour of virtual time. */
    during: async <T>(work: Promise<T>): Promise<T> => {
      let over = false;
      const end = (): void => {
        over = true;
      };
      work.then(end, end);
      if (!(await run(() => over, 3_600_000))) throw new Error("time stands still and the work is not done");
      return work;
    },
  };
};
export type VirtualTime = ReturnType<typeof virtualTime>;

/** Waits until no promise can make progress. It does not wait for real input and output: a simulation has none. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// A binary heap, earliest first; equal times in the order of the calls to `sleep`.
const before = (a: Sleeper, b: Sleeper): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const push = (heap: Sleeper[], sleeper: Sleeper): void => {
  let index = heap.length;
  heap.push(sleeper);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !before(sleeper, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = sleeper;
};

const pop = (heap: Sleeper[]): Sleeper | undefined => {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    const left = heap[child];
    if (!left) break;
    const right = heap[child + 1];
    const smaller = right && before(right, left) ? right : left;
    if (smaller === right) child += 1;
    if (!before(smaller, last)) break;
    heap[index] = smaller;
    index = child;
  }
  heap[index] = last;
  return first;
};
