import { randomInt } from "node:crypto";
import type { Clock } from "../../../events/index.ts";

/** Real time and real chance. */
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
