import { backOff } from "../concurrency.ts";
import { Outage } from "../outage.ts";

/** Resolves after the time, or when the signal aborts. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });

/** Real time and randomness. */
export const real = { sleep: pause, random: Math.random };

/** Waits for 0.2 s to 10 s, depending on the number of failures. */
export const pauseAfter = (failures: number, signal: AbortSignal): Promise<void> => pause(backOff(real, failures, 200), signal);

/** The result of a promise, or an `Outage` if it takes longer. */
export const within = async <T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Outage(`${what} took longer than ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Waits until a promise resolves or rejects, at most this long. */
export const settled = (milliseconds: number, promise: Promise<unknown>): Promise<void> =>
  within(milliseconds, "waiting", promise).then(
    () => {},
    () => {},
  );
