import { UnknownSchema } from "../../codec/codec.ts";
import { typeOf } from "../../log/record.ts";
import type { LogRecord, Parked, ParkedStream } from "../../ports.ts";
import type { FailedStream } from "../batch.ts";
import { eventIdIn, versionOf } from "../delivered.ts";

/** What the owner of a partition knows of a stream that it has parked: its first event and the version of its last. */
export type Held = { head: Head; tail: number };
export type Head = Pick<Parked, "eventId" | "version" | "reason" | "attempts" | "unknownSchema" | "time">;
/** The parked streams of one partition. They change only in a turn of the partition, in which no batch is handled. */
export type HeldStreams = Map<string, Held>;

export const WAITS = "waits behind an earlier event of its stream";

/** Without its record, whose bytes would keep all that came in one fetch. */
export const headOf = ({ eventId, version, reason, attempts, unknownSchema, time }: Head): Head => {
  return { eventId, version, reason, attempts, unknownSchema, time };
};

/** The parked streams of a partition, as they are stored. */
export const heldIn = (found: readonly ParkedStream[]): HeldStreams =>
  new Map(found.map(({ stream, first, last, ...head }) => [stream, { head: headOf({ ...head, version: first, time: "" }), tail: last }]));

/** What is new to a parked stream, and how the stream stands with it; undefined if nothing is. */
export const joined = (
  subscription: string,
  before: Held | undefined,
  { records, error }: FailedStream,
  time: string,
): { readonly held: Held; readonly events: readonly Parked[] } | undefined => {
  let held = before;
  const events: Parked[] = [];
  for (const record of records) {
    // A repeat of what was handled before the first one.
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
