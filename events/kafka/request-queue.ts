import { createRequire } from "node:module";

type Request = { readonly sentAt: number; readonly requestTimeout: number; readonly timeoutRequest: () => void };
type RequestQueue = {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, Request>;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly isConnected: () => boolean;
  readonly destroy: () => void;
  requestTimeoutIntervalId?: NodeJS.Timeout;
};
type Method = (this: RequestQueue) => void;
type Prototype = { scheduleCheckPendingRequests: Method; scheduleRequestTimeoutCheck: Method; isQuiet?: true };

const lookEvery = 1_000;

/**
 * On every connection, kafkajs 2.2.4 looks for waiting requests in a timer with a negative delay, that is, every millisecond forever, and for
 * late requests ten times a second. This starts the first timer only while requests wait (answers, timeouts and new requests check the queue
 * anyway), and runs the second once a second.
 */
export const quietRequestQueues = (): void => {
  // kafkajs does not export the class; its shape is that of the pinned version.
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/network/requestQueue") as { readonly prototype: Prototype };
  if (prototype.isQuiet) return;
  const lookForWaiting = prototype.scheduleCheckPendingRequests;
  if (typeof lookForWaiting !== "function" || typeof prototype.scheduleRequestTimeoutCheck !== "function") {
    throw new Error("This version of kafkajs has a different request queue: adapt request-queue.ts");
  }
  prototype.isQuiet = true;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) lookForWaiting.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function () {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    const lookForLate = (): void => {
      for (const request of this.inflight.values()) if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      if (!this.isConnected()) this.destroy();
    };
    this.requestTimeoutIntervalId = setInterval(lookForLate, Math.min(this.requestTimeout, lookEvery));
  };
};
