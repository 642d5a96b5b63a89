/** The supervisor's clock. `after` returns a function that cancels the timer. */
export type MachineClock = {
  now(): number;
  after(milliseconds: number, callback: () => void): () => void;
};

/** The maximum delay of a Node timer: a longer one fires at once. */
const longest = 2 ** 31 - 1;

export const systemClock: MachineClock = {
  now: Date.now,
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, Math.min(milliseconds, longest));
    return () => clearTimeout(timer);
  },
};

export const pause = (clock: MachineClock, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
