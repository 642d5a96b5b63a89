import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import type { Clock } from "../../../events/index.ts";
import { compact } from "./fields.ts";

/** Streams open at once; one more is answered 503. */
export const STREAMS = { requests: 256, waiting: 0, milliseconds: 0 };
/** Milliseconds after which a quiet stream sends a comment: proxies close silent connections. */
const HEARTBEAT = 15_000;

/** A signal that is aborted when the caller leaves or the process stops. */
export const streamSignal = (response: Response, stopping: AbortSignal): AbortSignal => {
  const left = new AbortController();
  const leave = () => left.abort();
  response.once("close", leave);
  stopping.addEventListener("abort", leave, { once: true });
  left.signal.addEventListener("abort", () => stopping.removeEventListener("abort", leave), { once: true });
  if (response.closed || stopping.aborted) leave();
  return left.signal;
};

/** Sends server-sent events as fast as the caller takes them. An error of the source is thrown, and the answer breaks off. */
export const sendStream = async (response: Response, events: AsyncIterable<unknown>, clock: Clock, signal: AbortSignal): Promise<void> => {
  const headers = { "content-type": "text/event-stream" };
  response.set(headers).flushHeaders();
  try {
    await pipeline(Readable.from(framed(events, clock, signal)), response);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Events as text, each read on demand, and a comment after each quiet period. Ends with the signal. */
export async function* framed(events: AsyncIterable<unknown>, clock: Pick<Clock, "sleep">, signal: AbortSignal): AsyncGenerator<string> {
  const source = events[Symbol.asyncIterator]();
  let quiet = new AbortController();
  const wake = () => quiet.abort();
  signal.addEventListener("abort", wake, { once: true });
  try {
    for (let next: Promise<IteratorResult<unknown>> | undefined; !signal.aborted; ) {
      next ??= source.next();
      quiet = new AbortController();
      const event = await Promise.race([next, clock.sleep(HEARTBEAT, quiet.signal)]);
      quiet.abort();
      if (signal.aborted || event?.done) return;
      if (event) next = undefined;
      yield event ? `data: ${JSON.stringify(compact(event.value))}\n\n` : ":\n\n";
    }
  } finally {
    signal.removeEventListener("abort", wake);
    // Not waited for: a source that still waits for its next event ends with the signal.
    source.return?.()?.catch(() => {});
  }
}
