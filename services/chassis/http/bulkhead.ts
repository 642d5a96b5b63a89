import type { Response } from "express";
import type { Clock } from "../../../events/index.ts";
import { makeProblem, type Problem } from "./problems.ts";
import { onceStreaming } from "./streaming.ts";

export type BulkheadOptions = {
  /** Requests in flight at once, and the bytes of their bodies together; a single request may have more. */
  readonly requests: number;
  readonly bytes?: number;
  /** Requests that may wait for a place, and for how long. */
  readonly waiting: number;
  readonly milliseconds: number;
  /** Holds the places of streams as long as they are open. Absent: a place is free again once the answer has become a stream. */
  readonly ofStreams?: true;
};

/** A request's place in a bulkhead. It is free again once the answer is out and all work has ended, also if the caller left before. */
export type Place = { readonly during: <T>(work: () => Promise<T>) => Promise<T> };

type Waiting = { readonly bytes: number; readonly admit: () => void };

/**
 * Bounds the requests in flight, however slow the store is. A request that finds the bulkhead full waits for a bounded time, and is then told
 * to come back later.
 */
export const bulkhead = (
  clock: Clock,
  { requests, bytes: maxBytes = Number.POSITIVE_INFINITY, waiting, milliseconds, ofStreams }: BulkheadOptions,
) => {
  const queue = new Set<Waiting>();
  let inFlight = 0;
  let held = 0;

  const fits = (bytes: number): boolean => inFlight === 0 || (inFlight < requests && held + bytes <= maxBytes);
  const take = (bytes: number): void => {
    inFlight += 1;
    held += bytes;
  };
  const release = (bytes: number): void => {
    inFlight -= 1;
    held -= bytes;
    for (const next of queue) {
      if (!fits(next.bytes)) return;
      queue.delete(next);
      next.admit();
    }
  };

  /** True once the request has a place; false if that takes too long, or the caller has left. */
  const admitted = async (bytes: number, response: Response): Promise<boolean> => {
    if (queue.size === 0 && fits(bytes)) {
      take(bytes);
      return true;
    }
    if (queue.size >= waiting) return false;
    const waited = new AbortController();
    let isAdmitted = false;
    const request: Waiting = {
      bytes,
      admit: () => {
        isAdmitted = true;
        take(bytes);
        waited.abort("admitted");
      },
    };
    const leave = (): void => waited.abort("the caller left");
    queue.add(request);
    response.once("close", leave);
    await clock.sleep(milliseconds, waited.signal);
    response.off("close", leave);
    queue.delete(request);
    return isAdmitted;
  };

  return {
    /** Admits the request of a response. */
    enter: async (response: Response, bytes = 0): Promise<Place | Problem> => {
      if (!(await admitted(bytes, response))) return makeProblem("overloaded");
      if (response.closed) {
        release(bytes);
        return makeProblem("overloaded");
      }
      let users = 1;
      const leave = (): void => {
        users -= 1;
        if (users === 0) release(bytes);
      };
      response.once("close", leave);
      if (!ofStreams)
        onceStreaming(response, () => {
          response.off("close", leave);
          leave();
        });
      return {
        during: async (work) => {
          users += 1;
          try {
            return await work();
          } finally {
            leave();
          }
        },
      };
    },
    inFlight: () => inFlight,
    waiting: () => queue.size,
  };
};
