/** Time for the supervisor; `after` answers a function that cancels. */
export type MachineClock = {
  now(): number;
  after(milliseconds: number, callback: () => void): () => void;
};

/** Beyond it Node fires at once. */
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
