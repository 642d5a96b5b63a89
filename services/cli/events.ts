import { aggregateOf, type Log, type LogRecord, topicOf } from "../../events/index.ts";
import { codec, type Delivered, decode, originOf, plainMeta } from "../../events/runtime.ts";
import { eventTypes } from "../../schemas/generated/events.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../chassis/contract.ts";
import type { Platform } from "./connection.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { sorted } from "./order.ts";
import { type Paint, plain } from "./output.ts";
import { followRecords, readRecords } from "./reading.ts";

export type EventFilter = {
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
  readonly correlation?: string | undefined;
};
export type Seen = { readonly record: LogRecord; readonly delivered: Delivered | Error };

const released = codec(schemas);
const byType: { readonly [type: string]: readonly string[] } = eventTypes;

/** The topics that can hold events matching the filter. */
export const topicsFor = ({ type, stream }: EventFilter): readonly string[] => {
  if (type !== undefined && !byType[type]) {
    const near = Object.keys(byType).filter((name) => name.toLowerCase().includes(type.toLowerCase()));
    throw new CommandFailed(
      `there is no event type ${type}${near.length > 0 ? `; did you mean ${near.slice(0, 5).join(", ")}?` : ""}`,
      exitCodes.usage,
    );
  }
  if (stream !== undefined && !stream.includes("/"))
    throw new CommandFailed(`${stream} is not a stream id: expected <aggregate>/<key>, for example cluster/cl-1`, exitCodes.usage);
  const aggregates = type === undefined ? new Set(Object.values(byType).flat()) : new Set(byType[type]);
  return [...aggregates]
    .filter((aggregate) => stream === undefined || aggregate === aggregateOf(stream))
    .map((aggregate) => topicOf(contract, aggregate));
};

export const matches = ({ type, stream, correlation }: EventFilter, { key, headers }: LogRecord): boolean =>
  (type === undefined || headers.ce_type?.endsWith(`.${type}`) === true) &&
  (stream === undefined || key === stream) &&
  (correlation === undefined || headers.ce_correlationid === correlation);

/** The maximum number of events that are sorted by time; a longer result is shown in reading order. */
const MAX_SORTED = 10_000;

/** Reads the events on the log that match the filter, decoded, oldest first. */
export const readEvents = async (log: Log, filter: EventFilter, signal: AbortSignal, seen: (event: Seen) => void): Promise<void> => {
  let buffered: Seen[] | undefined = [];
  await readRecords(log, topicsFor(filter), signal, (record) => {
    if (!matches(filter, record)) return;
    const event = { record, delivered: decode(record, released) };
    if (!buffered) return seen(event);
    buffered.push(event);
    if (buffered.length <= MAX_SORTED) return;
    for (const earlier of buffered) seen(earlier);
    buffered = undefined;
  });
  for (const event of sorted(buffered ?? [], order.time, order.stream, order.version)) seen(event);
};
const order = {
  time: ({ record }: Seen) => record.headers.ce_time ?? "",
  stream: ({ record }: Seen) => record.key,
  version: ({ record }: Seen) => Number(record.headers.ce_sequence ?? 0),
};

/** Reads new events, decoded, until the signal aborts; with `start`, reads the events already on the log first. */
export const followEvents = (
  log: Log,
  filter: EventFilter,
  start: boolean,
  signal: AbortSignal,
  seen: (event: Seen) => void,
): Promise<void> =>
  followRecords(log, topicsFor(filter), start, signal, (record) => {
    if (matches(filter, record)) seen({ record, delivered: decode(record, released) });
  });

/** An event as JSON: its metadata and its fields. */
export const eventJson = ({ record, delivered }: Seen): object => {
  const origin = originOf(record);
  if (delivered instanceof Error) return { origin, key: record.key, unreadable: delivered.message, headers: record.headers };
  const { type, ...data } = delivered.event;
  return { type, ...plainMeta(delivered.meta), service: record.headers.ce_source, row: record.headers.ce_row, origin, data };
};

/** An event as one line of text. */
export const eventLine = ({ record, delivered }: Seen, paint: Paint): string => {
  const time = plain(record.headers.ce_time).slice(11, 23);
  if (delivered instanceof Error)
    return `${paint("dim", time)}  ${paint("red", "unreadable")}  ${originOf(record)}  ${plain(delivered.message)}`;
  const { type, ...data } = delivered.event;
  const { eventId, correlationId } = delivered.meta;
  const fields = plain(JSON.stringify(data));
  const short = fields.length > 200 ? `${fields.slice(0, 199)}…` : fields;
  return `${paint("dim", time)}  ${paint("cyan", type)}  ${plain(eventId)}  ${short}  ${paint("dim", plain(correlationId))}`;
};

/** The log of a platform. */
export const logOf = (platform: Platform): Log => {
  const log = platform.log();
  if (!log) throw new CommandFailed("set KAFKA_BROKERS to the platform's Kafka, for example host:port,host:port", exitCodes.settings);
  return log;
};
