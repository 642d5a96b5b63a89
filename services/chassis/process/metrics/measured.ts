import type { Clock } from "../../../../events/index.ts";

/** The minimum time between two queries of the store or log, the timeout of a scrape, and the maximum age of a cached answer. */
const EVERY = 5_000;
const TIMEOUT = 1_000;
const KEPT = 30_000;

/** Caches a query of the store or log. It runs once at a time, at most every few seconds. Undefined if there was no recent answer. */
export const measured = <T>(clock: Clock, ask: () => Promise<T>): (() => Promise<T | undefined>) => {
  let began = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  let known: { readonly at: number; readonly answer: T } | undefined;
  const begin = async (): Promise<void> => {
    const at = clock.now();
    began = at;
    try {
      known = { at, answer: await ask() };
    } catch {
      // An outage of the store or log is reported elsewhere.
    } finally {
      underWay = undefined;
    }
  };
  return async () => {
    if (!underWay && clock.now() - began >= EVERY) underWay = begin();
    if (underWay) {
      const enough = new AbortController();
      await Promise.race([underWay, clock.sleep(TIMEOUT, enough.signal)]);
      enough.abort("answered");
    }
    return known && clock.now() - known.at < KEPT ? known.answer : undefined;
  };
};
