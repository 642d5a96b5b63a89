import type { FailedStream } from "../batch.ts";
import { deadLetter } from "../dead-letter.ts";
import { type Context, now, sizeOf } from "./context.ts";
import { type HeldStreams, joined } from "./held-streams.ts";

/** Streams that one instance holds parked. More of them are no longer events that are bad: the subscription waits for a build that is not. */
const MAX_STREAMS = 100_000;

/**
 * Parks events, those of a stream in their order. Nothing is forgotten before it is both in the store and on the dead letter topic: until then
 * the batch comes again. Returns true if these are the first that are parked here.
 */
export const park = async (context: Context, streams: HeldStreams, failed: readonly FailedStream[]): Promise<boolean> => {
  const { contract, service, log, parking, onParked } = context;
  const isFirst = sizeOf(context) === 0;
  const events = failed.flatMap((each) => join(context, streams, each));
  if (events.length === 0) return false;
  await parking.add(events);
  await log.publish(events.map((event) => deadLetter(contract, service, event)));
  for (const { reason, record } of events) onParked(reason, record);
  return isFirst;
};

/** Takes a stream for parked from now on. Returns the events that are new to it. */
const join = (context: Context, streams: HeldStreams, failed: FailedStream) => {
  const { stream } = failed;
  const { held, events } = joined(context.subscription, streams.get(stream), failed, now(context)) ?? {};
  if (!held) return [];
  if (!streams.has(stream) && sizeOf(context) >= MAX_STREAMS) throw new Error(`${MAX_STREAMS} streams are parked: ${held.head.reason}`);
  streams.set(stream, held);
  return events ?? [];
};
