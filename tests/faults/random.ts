/** Chance from a seed (mulberry32), so that a run can be had again as far as real processes allow. */
export type Chance = {
  /** 0 <= x < 1. */
  readonly next: () => number;
  readonly below: (limit: number) => number;
  readonly happens: (share: number) => boolean;
};

export const chance = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (limit) => Math.floor(limit * next()), happens: (share) => next() < share };
};
