import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

type Nothing = undefined | null | false;

/** Asks until the answer is neither undefined, null nor false, and gives it back; fails with what it waited for once `limit` milliseconds are over. */
export const eventually = async <T>(what: string, ask: () => T | Nothing | Promise<T | Nothing>, limit = 45_000): Promise<T> => {
  for (const end = performance.now() + limit; ; await pause(10)) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > end) assert.fail(`it did not come to be within ${limit} ms: ${what}`);
  }
};
