import { setTimeout as pause } from "node:timers/promises";
import { lruCache } from "../../../events/runtime.ts";
import { FetchError } from "./get.ts";

/** Milliseconds of the shortest and the longest pause that a server gets, and of all pauses of one file. */
const SHORTEST = 500;
const LONGEST = 120_000;
const LONGEST_IN_ALL = 300_000;

/** A time limit of which pauses are no part. */
export type Patience = { readonly signal: AbortSignal; readonly extend: (milliseconds: number) => void; readonly end: () => void };
export const patienceOf = (milliseconds: number): Patience => {
  const late = new AbortController();
  let until = Date.now() + milliseconds;
  const start = () => setTimeout(() => late.abort(new DOMException("it takes too long", "TimeoutError")), until - Date.now());
  let timer = start();
  return {
    signal: late.signal,
    extend: (more) => {
      clearTimeout(timer);
      until += more;
      timer = start();
    },
    end: () => clearTimeout(timer),
  };
};

/**
 * Sends requests no faster than servers want: one that answers 429 or 503 with `Retry-After` gets no request for so long, whichever file it is for, and
 * is then asked again. A server that wants longer pauses has failed.
 */
export const pacing = () => {
  const resting = lruCache<number>(1_000);
  return (patience: Patience, signal: AbortSignal) => {
    let left = LONGEST_IN_ALL;
    return async <T>(host: string, request: () => Promise<T>): Promise<T> => {
      for (;;) {
        const wait = (resting.get(host) ?? 0) - Date.now();
        if (wait > 0) {
          left -= wait;
          patience.extend(wait);
          await pause(wait, undefined, { signal });
        }
        try {
          return await request();
        } catch (error) {
          if (!(error instanceof FetchError) || error.retryAfter === undefined) throw error;
          const wanted = Math.max(error.retryAfter, SHORTEST);
          if (wanted > LONGEST || wanted > left) throw error;
          resting.set(host, Math.max(resting.get(host) ?? 0, Date.now() + wanted));
        }
      }
    };
  };
};
