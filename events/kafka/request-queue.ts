import { createRequire } from "node:module";

type RequestQueue = { readonly pending: readonly unknown[] };
type Schedule = (this: RequestQueue) => void;

/**
 * kafkajs 2.2.4 looks for waiting requests in a timer of a negative time, so every millisecond and for ever, on every connection.
 * Only waiting requests need the timer: an answer, a timeout and the next request look for themselves.
 */
export const quietRequestQueues = (): void => {
  // The class is not exported: its shape is taken from the pinned version.
  const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue") as {
    readonly prototype: { scheduleCheckPendingRequests: Schedule & { readonly quiet?: true } };
  };
  const original = queue.prototype.scheduleCheckPendingRequests;
  if (typeof original !== "function") throw new Error("This version of kafkajs has another request queue: look at request-queue.ts");
  if (original.quiet) return;
  const quiet: Schedule = function () {
    if (this.pending.length > 0) original.call(this);
  };
  queue.prototype.scheduleCheckPendingRequests = Object.assign(quiet, { quiet: true as const });
};
