import type { RequestHandler, Response } from "express";
import type { Clock } from "../../../events/index.ts";
import { Refused, refusals } from "./errors.ts";

export type RoomOptions = {
  /** Requests under way at once, and the bytes of their bodies together; a single one may have more. */
  readonly requests: number;
  readonly bytes?: number;
  /** How many more may wait for a place, and how long. */
  readonly waiting: number;
  readonly milliseconds: number;
};

type Guest = { readonly bytes: number; readonly admit: () => void };

/**
 * Keeps what is under way within bounds, however slow the store is: whoever comes when it is full waits a little, and is then asked to come
 * back later. A place is free again when the answer is out and the work for it is done, also of those who left before.
 */
export const room = (clock: Clock, { requests, bytes: most = Number.POSITIVE_INFINITY, waiting, milliseconds }: RoomOptions) => {
  const queue = new Set<Guest>();
  const leaving = new WeakMap<Response, { users: number; readonly leave: () => void }>();
  let inside = 0;
  let held = 0;

  const fits = (bytes: number): boolean => inside === 0 || (inside < requests && held + bytes <= most);
  const take = (bytes: number): void => {
    inside += 1;
    held += bytes;
  };
  const give = (bytes: number): void => {
    inside -= 1;
    held -= bytes;
    for (const guest of queue) {
      if (!fits(guest.bytes)) return;
      queue.delete(guest);
      guest.admit();
    }
  };

  /** True once there is a place; false if that takes too long, or the caller has left. */
  const place = async (bytes: number, response: Response): Promise<boolean> => {
    if (queue.size === 0 && fits(bytes)) {
      take(bytes);
      return true;
    }
    if (queue.size >= waiting) return false;
    const enough = new AbortController();
    let admitted = false;
    const guest: Guest = {
      bytes,
      admit: () => {
        admitted = true;
        take(bytes);
        enough.abort("admitted");
      },
    };
    const left = (): void => enough.abort("left");
    queue.add(guest);
    response.once("close", left);
    await clock.sleep(milliseconds, enough.signal);
    response.off("close", left);
    queue.delete(guest);
    return admitted;
  };

  return {
    /** Lets a request in, or refuses it with 503. */
    enter:
      (bytesOf: (request: Parameters<RequestHandler>[0], response: Response) => number = () => 0): RequestHandler =>
      async (request, response, next) => {
        const bytes = bytesOf(request, response);
        if (!(await place(bytes, response))) throw new Refused(refusals.overloaded());
        const stay = {
          users: 1,
          leave: () => {
            if (--stay.users === 0) give(bytes);
          },
        };
        leaving.set(response, stay);
        if (response.closed) return stay.leave();
        response.once("close", stay.leave);
        next();
      },
    /** Work that goes on also when the caller has left. */
    during: async (response: Response, work: () => Promise<void>): Promise<void> => {
      const stay = leaving.get(response);
      if (stay) stay.users += 1;
      try {
        await work();
      } finally {
        stay?.leave();
      }
    },
    inside: () => inside,
    waiting: () => queue.size,
  };
};
