import type { FailedStream } from "../batch.ts";
import { deadLetter } from "../dead-letter.ts";
import { type Context, now, sizeOf } from "./context.ts";
import { type HeldStreams, joined } from "./held-streams.ts";

/** Maximum number of parked streams of one instance. More than that suggest a bad build, not bad events: the subscription then stops and waits. */
const MAX_STREAMS = 100_000;

/**
 * Parks the events of each failed stream in order. The batch is repeated until its events are both in the store and on the dead letter topic.
 * Returns true if these are the first parked events of this instance.
 */
export const park = async (context: Context, streams: HeldStreams, failed: readonly FailedStream[]): Promise<boolean> => {
  const { contract, service, log, parking, onParked, deadLetters } = context;
  const isFirst = sizeOf(context) === 0;
  const events = failed.flatMap((each) => join(context, streams, each));
  if (events.length === 0) return false;
  await parking.add(events);
  if (deadLetters) await log.publish(events.map((event) => deadLetter(contract, service, event)));
  for (const { reason, record } of events) onParked(reason, record);
  return isFirst;
};

/** Marks a stream as parked. Returns its new events. */
const join = (context: Context, streams: HeldStreams, failed: FailedStream) => {
  const { stream } = failed;
  const { held, events } = joined(context.subscription, streams.get(stream), failed, now(context)) ?? {};
  if (!held) return [];
  if (!streams.has(stream) && sizeOf(context) >= MAX_STREAMS) throw new Error(`${MAX_STREAMS} streams are parked: ${held.head.reason}`);
  streams.set(stream, held);
  return events ?? [];
};
