import { randomInt } from "node:crypto";
import type { Clock } from "../../../events/index.ts";

/** The system's time and randomness. */
export const systemClock: Clock = {
  now: Date.now,
  random: () => randomInt(2 ** 47) / 2 ** 47,
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener("abort", done, { once: true });
    }),
};
