import { UnknownSchema } from "../../codec/codec.ts";
import { typeOf } from "../../log/record.ts";
import type { LogRecord, Parked, ParkedStream } from "../../ports.ts";
import type { FailedStream } from "../batch.ts";
import { eventIdIn, versionOf } from "../delivered.ts";

/** A parked stream as its owner knows it: its first event and the version of its last. */
export type Held = { head: Head; tail: number };
export type Head = Pick<Parked, "eventId" | "version" | "reason" | "attempts" | "unknownSchema" | "time">;
/** The parked streams of one partition. They change only in a turn of the partition, in which no batch is handled. */
export type HeldStreams = Map<string, Held>;

export const WAITS = "waits behind an earlier event of its stream";

/** The head of a parked event without its record: the record's bytes would keep the buffer of a whole fetch in memory. */
export const headOf = ({ eventId, version, reason, attempts, unknownSchema, time }: Head): Head => {
  return { eventId, version, reason, attempts, unknownSchema, time };
};

/** The parked streams of a partition from the store. */
export const heldIn = (found: readonly ParkedStream[]): HeldStreams =>
  new Map(found.map(({ stream, first, last, ...head }) => [stream, { head: headOf({ ...head, version: first, time: "" }), tail: last }]));

/** Adds failed records to a parked stream. Returns the new events and the state of the stream; undefined if no record is new. */
export const joined = (
  subscription: string,
  before: Held | undefined,
  { records, error }: FailedStream,
  time: string,
): { readonly held: Held; readonly events: readonly Parked[] } | undefined => {
  let held = before;
  const events: Parked[] = [];
  for (const record of records) {
    // A repeated event that was handled before the stream was parked.
    if (held && versionOf(record) > 0 && versionOf(record) < held.head.version) continue;
    const isFirst = held === undefined || held.head.eventId === eventIdIn(record);
    const failure = held?.head ?? {
      reason: error?.message ?? WAITS,
      attempts: 1,
      unknownSchema: error instanceof UnknownSchema,
      time,
    };
    const why = isFirst ? failure : { reason: WAITS, attempts: 0, unknownSchema: false, time: "" };
    const event = entry(subscription, record, held?.tail ?? 0, { ...why, time: why.time || time });
    events.push(event);
    held ??= { head: headOf(event), tail: event.version };
    held.tail = Math.max(held.tail, event.version);
  }
  return held && events.length > 0 ? { held, events } : undefined;
};

const entry = (subscription: string, record: LogRecord, after: number, why: Omit<Head, "version" | "eventId">): Parked => ({
  ...{ subscription, record, eventId: eventIdIn(record), stream: record.key, version: versionOf(record) || after },
  ...{ row: typeOf(record) ?? "", reason: why.reason, time: why.time },
  ...{ attempts: why.attempts, unknownSchema: why.unknownSchema, asked: null },
});
