import { setTimeout as pause } from "node:timers/promises";

/** Asks until the answer is not undefined, or the limit (milliseconds) has passed; then undefined. */
export const waitFor = async <T>(ask: () => T | undefined | Promise<T | undefined>, limit: number, every = 25): Promise<T | undefined> => {
  const end = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= end) return answer;
    await pause(every);
  }
};
