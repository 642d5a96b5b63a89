import { setTimeout as pause } from "node:timers/promises";

/**
 * Timeout for a server's first answer, in milliseconds. A server that ends is noticed at once, so the timeout
 * only catches one that hangs: it is well above the start time on a busy machine.
 */
export const readyLimit = 120_000;

/** Polls until the answer is not undefined. Returns undefined after the limit (milliseconds). */
export const waitFor = async <T>(ask: () => T | undefined | Promise<T | undefined>, limit: number, every = 25): Promise<T | undefined> => {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= end) return answer;
    await pause(every);
  }
};
