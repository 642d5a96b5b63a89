import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../services/chassis/process/clock.ts";

/** Real time, whose clock a test moves or stops. */
export const realTime = () => {
  let ahead = 0;
  let stopped: number | undefined;
  const now = (): number => stopped ?? Date.now() + ahead;
  return {
    clock: { ...systemClock, now },
    pass: (milliseconds: number): void => {
      if (stopped === undefined) ahead += milliseconds;
      else stopped += milliseconds;
    },
    standStill: (): void => {
      stopped = now();
    },
    goOn: (): void => {
      ahead = now() - Date.now();
      stopped = undefined;
    },
    during: <T>(work: Promise<T>) => work,
    run: async (until: () => boolean | Promise<boolean>, milliseconds: number) => {
      for (const end = performance.now() + milliseconds; performance.now() < end; await pause(10)) if (await until()) return true;
      return false;
    },
  };
};
