import { setTimeout as pause } from "node:timers/promises";
import { realTime } from "../../world/time.ts";

/** Real time that does not keep this process alive for a provider that was killed. */
export const unwatchedTime = () => {
  const time = realTime();
  const sleep = (milliseconds: number, signal?: AbortSignal) =>
    pause(milliseconds, undefined, { ref: false, ...(signal && { signal }) }).catch(() => {});
  return { ...time, clock: { ...time.clock, sleep } };
};
