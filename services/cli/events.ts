import { randomUUID } from "node:crypto";
import { codec } from "../../events/codec/codec.ts";
import { plainMeta, topicOf } from "../../events/log/record.ts";
import { aggregateOf } from "../../events/message.ts";
import type { Log, LogRecord } from "../../events/ports.ts";
import { type Delivered, decode, originOf } from "../../events/subscription/delivered.ts";
import { eventTypes } from "../../schemas/generated/events.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { type Paint, plain } from "./output.ts";

export type EventFilter = {
  readonly type?: string | undefined;
  readonly stream?: string | undefined;
  readonly correlation?: string | undefined;
};
export type Seen = { readonly record: LogRecord; readonly delivered: Delivered | Error };

const released = codec(schemas);
const byType: { readonly [type: string]: readonly string[] } = eventTypes;

/** The topics on which such events can stand. */
export const topicsFor = ({ type, stream }: EventFilter): readonly string[] => {
  if (type !== undefined && !byType[type]) {
    const near = Object.keys(byType).filter((name) => name.toLowerCase().includes(type.toLowerCase()));
    throw new CommandFailed(
      `there is no event type ${type}${near.length > 0 ? `; did you mean ${near.slice(0, 5).join(", ")}?` : ""}`,
      exitCodes.usage,
    );
  }
  if (stream !== undefined && !stream.includes("/"))
    throw new CommandFailed(`${stream} is no stream: expected <aggregate>/<key>, as in cluster/cl-1`, exitCodes.usage);
  const aggregates = type === undefined ? new Set(Object.values(byType).flat()) : new Set(byType[type]);
  return [...aggregates].filter((aggregate) => stream === undefined || aggregate === aggregateOf(stream)).map(topicOf);
};

export const matches = ({ type, stream, correlation }: EventFilter, { key, headers }: LogRecord): boolean =>
  (type === undefined || headers.ce_type?.endsWith(`.${type}`) === true) &&
  (stream === undefined || key === stream) &&
  (correlation === undefined || headers.ce_correlationid === correlation);

/** What is on the log now (`start`), what comes (`follow`), or both. */
export type Reading = { readonly start: boolean; readonly follow: boolean; readonly signal: AbortSignal };

/**
 * Reads topics as any third party could, each record once and each partition in its order. Without following it ends at the ends that it saw
 * when it began, else with the signal; true if it got that far. `progress` tells how many of how many records are read.
 */
export const readRecords = async (
  log: Log,
  topics: readonly string[],
  { start, follow, signal }: Reading,
  seen: (record: LogRecord) => void,
  progress: (read: number, all: number) => void = () => {},
): Promise<boolean> => {
  const ends = new Map<string, number>();
  const there: string[] = [];
  for (const topic of topics)
    try {
      for (const { partition, offset } of await log.ends(topic)) ends.set(`${topic}/${partition}`, offset);
      there.push(topic);
    } catch (error) {
      // Nothing of that aggregate has ever been announced.
      if (!/no topic|not host this topic|UNKNOWN_TOPIC/i.test(error instanceof Error ? error.message : "")) throw error;
    }
  const left = new Set([...ends].filter(([, end]) => end > 0).map(([place]) => place));
  if (there.length === 0 || (!follow && left.size === 0)) return true;
  const nexts = new Map(start ? [] : ends);
  const all = [...ends.values()].reduce((sum, end) => sum + end, 0);
  const over = new AbortController();
  const running = await log.subscribe({
    group: `pitrix-cli-${randomUUID()}`,
    topics: there,
    position: async (topic, partition) => nexts.get(`${topic}/${partition}`),
    handle: async ({ topic, partition, records, next }) => {
      const place = `${topic}/${partition}`;
      const end = follow ? Number.POSITIVE_INFINITY : (ends.get(place) ?? 0);
      for (const record of records) if (record.offset < end) seen(record);
      nexts.set(place, next);
      if (next >= (ends.get(place) ?? 0)) left.delete(place);
      progress(
        [...nexts].reduce((sum, [at, offset]) => sum + Math.min(offset, ends.get(at) ?? 0), 0),
        all,
      );
      if (!follow && left.size === 0) over.abort();
      return next;
    },
  });
  const both = AbortSignal.any([signal, over.signal]);
  if (!both.aborted) await new Promise((resolve) => both.addEventListener("abort", resolve, { once: true }));
  await running.stop();
  return left.size === 0;
};

/** The events among them that somebody asked for, decoded. */
export const readEvents = (log: Log, filter: EventFilter, how: Reading, seen: (event: Seen) => void): Promise<boolean> =>
  readRecords(log, topicsFor(filter), how, (record) => {
    if (matches(filter, record)) seen({ record, delivered: decode(record, released) });
  });

/** An event for programs: its metadata and what it says. */
export const eventJson = ({ record, delivered }: Seen): object => {
  const origin = originOf(record);
  if (delivered instanceof Error) return { origin, key: record.key, unreadable: delivered.message, headers: record.headers };
  const { type, ...data } = delivered.event;
  return { type, ...plainMeta(delivered.meta), service: record.headers.ce_source, row: record.headers.ce_row, origin, data };
};

/** The same as a line for people. */
export const eventLine = ({ record, delivered }: Seen, paint: Paint): string => {
  const time = plain(record.headers.ce_time).slice(11, 23);
  if (delivered instanceof Error)
    return `${paint("dim", time)}  ${paint("red", "unreadable")}  ${originOf(record)}  ${plain(delivered.message)}`;
  const { type, ...data } = delivered.event;
  const { eventId, correlationId } = delivered.meta;
  const said = plain(JSON.stringify(data));
  const short = said.length > 200 ? `${said.slice(0, 199)}…` : said;
  return `${paint("dim", time)}  ${paint("cyan", type)}  ${plain(eventId)}  ${short}  ${paint("dim", plain(correlationId))}`;
};
