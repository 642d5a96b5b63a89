import { UnknownSchema } from "../../codec/codec.ts";
import type { Parked } from "../../ports.ts";
import { deadLetter } from "../dead-letter.ts";
import { type Delivered, decode } from "../delivered.ts";
import type { Failure, Handler } from "../subscriber.ts";
import { type Context, now, type Owned } from "./context.ts";
import { type Held, headOf, WAITS } from "./held-streams.ts";

const CHUNK = 100;

/** A parked stream to retry. `retry`: attempts its first event even without an operator request. */
export type Due = { readonly owned: Owned; readonly stream: string; readonly retry: boolean };

/** Retries a parked stream until an event fails: handle, remove, continue. Batches of the partition take turns with it. */
export const drain = async (context: Context, { owned: { partition, streams }, stream, retry }: Due): Promise<void> => {
  const chunk = async (handler: Handler, isFirst: boolean): Promise<boolean> => {
    const events = await context.parking.of(context.subscription, stream, CHUNK);
    const [head] = events;
    if (!head) {
      streams.delete(stream);
      return false;
    }
    const held = streams.get(stream) ?? { head: headOf(head), tail: events.at(-1)?.version ?? head.version };
    streams.set(stream, held);
    return attempt(context, handler, held, events, retry && isFirst);
  };
  for (let more = true, isFirst = true; more && !partition.signal.aborted; isFirst = false)
    more = await partition
      .turn((handler) => chunk(handler, isFirst))
      .catch((error: unknown) => {
        // Another instance now owns the partition and its parked streams.
        if (partition.signal.aborted) return false;
        throw error;
      });
};

/** Attempts the first events of a parked stream. Returns true if more may follow. */
const attempt = async (context: Context, handler: Handler, held: Held, events: readonly Parked[], retry: boolean): Promise<boolean> => {
  const { contract, service, log, parking, discarded } = context;
  const [head] = events;
  if (!head) return false;
  held.head = headOf(head);
  if (head.asked?.action === "discard") {
    await log.publish([deadLetter(contract, service, head)]);
    await parking.discard(head);
    discarded.add(head.eventId);
    return true;
  }
  if (discarded.has(head.eventId)) {
    await parking.remove([head]);
    return true;
  }
  if (head.attempts > 0 && !head.asked && !retry) return false;
  const stop = events.findIndex(({ attempts, asked, eventId }, at) => at > 0 && (attempts > 0 || asked || discarded.has(eventId)));
  const chunk = stop < 0 ? events : events.slice(0, stop);
  const failure = await firstFailure(context, handler, head.stream, chunk);
  const failed = failure && chunk[failure.at];
  const done = failure ? chunk.slice(0, failure.at) : chunk;
  if (done.length > 0) {
    // If the reply is lost, a repeated event may be parked here as not yet attempted; the next sweep finds it.
    held.head = { ...held.head, reason: WAITS, attempts: 0, unknownSchema: false };
    await parking.remove(done);
  }
  if (!failure || !failed) return true;
  held.head = headOf(failed);
  await parkAgain(context, held, failed, failure.error);
  return false;
};

/** Handles a chunk. Returns the first event that cannot be handled, after all events before it are handled. */
const firstFailure = async (
  { codec }: Context,
  handler: Handler,
  stream: string,
  events: readonly Parked[],
): Promise<{ readonly at: number; readonly error: Error } | undefined> => {
  const good: Delivered[] = [];
  let unread: Error | undefined;
  for (const { record } of events) {
    const delivered = decode(record, codec);
    if (delivered instanceof Error) {
      unread = delivered;
      break;
    }
    good.push(delivered);
  }
  let failures: readonly Failure[] = [];
  do failures = good.length === 0 ? [] : await handler.handle(new Map([[stream, good]]));
  while (!(await handler.flush()));
  const [failure] = failures;
  if (failure) return { at: good.indexOf(failure.delivered), error: failure.error };
  return unread && { at: good.length, error: unread };
};

/** Records one more failed attempt. */
const parkAgain = async (context: Context, held: Held, failed: Parked, error: Error): Promise<void> => {
  const { contract, service, log, parking, onParked } = context;
  const unknownSchema = error instanceof UnknownSchema;
  // Without a request and without a change, the event continues to wait for its schema.
  if (failed.unknownSchema && unknownSchema && !failed.asked) return;
  const again: Parked = {
    ...failed,
    reason: error.message,
    time: now(context),
    attempts: failed.attempts + 1,
    unknownSchema,
    asked: null,
  };
  await log.publish([deadLetter(contract, service, again)]);
  await parking.again(again);
  held.head = headOf(again);
  onParked(again.reason, again.record);
};
