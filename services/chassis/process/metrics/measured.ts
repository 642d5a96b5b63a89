import type { Clock } from "../../../../events/index.ts";

/** How often the store and the log are asked, however many scrape; how long a scrape waits for them; and how old an answer may be in its stead. */
const EVERY = 5_000;
const PATIENCE = 1_000;
const KEPT = 30_000;

/** What has to be asked for elsewhere: asked once at a time and once in some seconds, and undefined where there has been no answer for long. */
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
      // Whoever cannot be asked says so elsewhere.
    } finally {
      underWay = undefined;
    }
  };
  return async () => {
    if (!underWay && clock.now() - began >= EVERY) underWay = begin();
    if (underWay) {
      const enough = new AbortController();
      await Promise.race([underWay, clock.sleep(PATIENCE, enough.signal)]);
      enough.abort("answered");
    }
    return known && clock.now() - known.at < KEPT ? known.answer : undefined;
  };
};
