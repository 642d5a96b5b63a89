import { setTimeout as pause } from "node:timers/promises";

/**
 * How long a server may take until it answers, in milliseconds. One that ends is noticed at once,
 * so this is for one that hangs: well over what a start takes on a machine that is busy with others.
 */
export const readyLimit = 120_000;

/** Asks until the answer is not undefined, or the limit (milliseconds) has passed; then undefined. */
export const waitFor = async <T>(ask: () => T | undefined | Promise<T | undefined>, limit: number, every = 25): Promise<T | undefined> => {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= end) return answer;
    await pause(every);
  }
};
