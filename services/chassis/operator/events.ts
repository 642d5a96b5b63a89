import { type AnyService, aggregateOf, eachOf, keyOf, type Log, type LogRecord, topicOf, topicsOfService } from "../../../events/index.ts";
import { codec, type Delivered, decode, headerOf, isMissingTopic, nameOf, originOf, plainMeta } from "../../../events/runtime.ts";
import { eventTypes } from "../../../schemas/generated/events.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../contract.ts";
import { positionIn } from "../http/causation-query.ts";
import { withoutSecrets } from "../http/shown.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { sorted } from "./order.ts";
import { followRecords, type LogPart, readRecords } from "./reading.ts";

export type EventFilter = {
  readonly topic?: string | undefined;
  /** Only these topics. */
  readonly among?: readonly string[] | undefined;
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
  /** The id of an aggregate: the key of its streams. */
  readonly id?: string | undefined;
  readonly correlation?: string | undefined;
  /** A time, a duration before now, an event id, or `topic/partition/offset`. */
  readonly since?: string | undefined;
};
export type Seen = { readonly record: LogRecord; readonly delivered: Delivered | Error };

const released = codec(schemas);
const byType: { readonly [type: string]: readonly string[] } = eventTypes;
const near = (text: string, names: readonly string[]): string => {
  const found = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  return found.length > 0 ? `; did you mean ${found.slice(0, 5).join(", ")}?` : "";
};

/** The topics that can hold events matching the filter. */
export const topicsFor = ({ topic, among, type, stream }: EventFilter): readonly string[] => {
  if (type !== undefined && !byType[type])
    throw new CommandFailed(`there is no event type ${type}${near(type, Object.keys(byType))}`, exitCodes.usage);
  if (stream !== undefined && !stream.includes("/"))
    throw new CommandFailed(`${stream} is not a stream id: expected <aggregate>/<key>, for example cluster/cl-1`, exitCodes.usage);
  const every = [...new Set(Object.values(byType).flat())];
  const topics = every.map((aggregate) => topicOf(contract, aggregate));
  if (topic !== undefined && !topics.includes(topic))
    throw new CommandFailed(`there is no topic of events ${topic}${near(topic, topics)}`, exitCodes.usage);
  const aggregates = type === undefined ? every : [...new Set(byType[type])];
  return aggregates
    .filter((aggregate) => stream === undefined || aggregate === aggregateOf(stream))
    .map((aggregate) => topicOf(contract, aggregate))
    .filter((each) => (topic === undefined || each === topic) && (among === undefined || among.includes(each)));
};

/** The topics that services may read: those of their own events, and those that their tables read. */
export const topicsOf = (own: readonly AnyService[]) => {
  const all = own.map((service) => topicsOfService(contract, service));
  const mine = new Set(all.flatMap(({ events }) => events));
  return { mine, readable: [...new Set([...mine, ...all.flatMap(({ reads }) => reads)])] };
};

export const matches = ({ type, stream, id, correlation, since }: EventFilter, record: LogRecord): boolean => {
  const { key } = record;
  const after = since === undefined ? undefined : positionIn(since);
  return (
    (type === undefined || headerOf(record, "ce_type")?.endsWith(`.${type}`) === true) &&
    (stream === undefined || key === stream) &&
    (id === undefined || keyOf(key) === id) &&
    (correlation === undefined || headerOf(record, "ce_correlationid") === correlation) &&
    (after === undefined || (key === after.stream && Number(headerOf(record, "ce_sequence")) > after.version))
  );
};

/** Seconds of `90s`, `5m`, `2h`, `1d` or a plain number of seconds; undefined for any other text. */
export const secondsOf = (text: string): number | undefined => {
  const [, number, unit = "s"] = /^(\d{1,9})(s|m|h|d)?$/.exec(text.trim()) ?? [];
  return number === undefined ? undefined : Number(number) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? 1);
};

/** Milliseconds since 1970 of a time, or of a duration before now. */
export const timeIn = (text: string, now: number): number | undefined => {
  const seconds = secondsOf(text);
  if (seconds !== undefined) return now - 1_000 * seconds;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
};

/** Topics that are asked about at a time. */
const CONCURRENCY = 8;

/** The part of the log that a filter selects. */
export const partFor = async (log: Log, filter: EventFilter, now = Date.now()): Promise<LogPart> => {
  const { since } = filter;
  const position = since === undefined ? undefined : positionIn(since);
  const stream = filter.stream ?? position?.stream;
  const topics = topicsFor({ ...filter, stream });
  if (since === undefined || position) return { topics, stream };
  const time = timeIn(since, now);
  const [, topic = "", partition, offset] = /^([^/]+)\/(\d{1,6})\/(\d{1,15})$/.exec(since) ?? [];
  if (time === undefined && topic === "")
    throw new CommandFailed(
      `--since ${since} is not a time (2026-01-31T12:00:00Z), a duration before now (5m), an event id, or a position (pitrix.cluster/3/1200)`,
      exitCodes.usage,
    );
  if (time === undefined && !topics.includes(topic)) topicsFor({ topic });
  const begin = new Map<string, number>();
  await eachOf(time === undefined ? [topic] : topics, CONCURRENCY, async (each) => {
    const found = await log.offsets(each, time ?? 0).catch((error: unknown) => {
      if (isMissingTopic(error)) return [];
      throw error;
    });
    for (const at of found)
      begin.set(
        nameOf({ topic: each, partition: at.partition }),
        time !== undefined ? at.offset : at.partition === Number(partition) ? Number(offset) : Number.POSITIVE_INFINITY,
      );
  });
  return { topics: time === undefined ? [topic] : topics, stream, begin };
};

/** The maximum number of events that are sorted by time; a longer result is shown in reading order. */
const MAX_SORTED = 10_000;

/** Reads the events on the log that match the filter, decoded, oldest first. */
export const readEvents = async (log: Log, filter: EventFilter, signal: AbortSignal, seen: (event: Seen) => void): Promise<void> => {
  let buffered: Seen[] | undefined = [];
  await readRecords(log, await partFor(log, filter), signal, (record) => {
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
  time: ({ record }: Seen) => headerOf(record, "ce_time") ?? "",
  stream: ({ record }: Seen) => record.key,
  version: ({ record }: Seen) => Number(headerOf(record, "ce_sequence") ?? 0),
};

/** Reads new events, decoded, until the signal aborts; with `start`, or a filter that says since when, the events already on the log first. */
export const followEvents = async (
  log: Log,
  filter: EventFilter,
  start: boolean,
  signal: AbortSignal,
  seen: (event: Seen) => void,
): Promise<void> =>
  followRecords(log, await partFor(log, filter), start || filter.since !== undefined, signal, (record) => {
    if (matches(filter, record)) seen({ record, delivered: decode(record, released) });
  });

/** The first occurrence of an event on the log. */
export const findEvent = async (log: Log, eventId: string, signal: AbortSignal): Promise<Seen> => {
  const position = positionIn(eventId);
  if (!position)
    throw new CommandFailed(
      `${eventId} is not an event id: expected <aggregate>/<key>@<version>, for example cluster/cl-1@12`,
      exitCodes.usage,
    );
  let found: Seen | undefined;
  await readEvents(log, { stream: position.stream }, signal, (event) => {
    if (order.version(event) === position.version) found ??= event;
  });
  if (!found) throw new CommandFailed(`the log has no event ${eventId}`, exitCodes.notFound);
  return found;
};

/** An event as JSON: its metadata and its fields. */
export const eventJson = ({ record, delivered }: Seen): object => {
  const origin = originOf(record);
  if (delivered instanceof Error) return { origin, key: record.key, unreadable: delivered.message, headers: record.headers };
  const { type, ...data } = delivered.event;
  const about = { ...plainMeta(delivered.meta), service: record.headers.ce_source, row: record.headers.ce_row, origin };
  return { type, ...about, data: withoutSecrets(data) };
};
