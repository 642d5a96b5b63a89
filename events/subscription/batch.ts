import type { Codec } from "../codec/codec.ts";
import type { LogRecord } from "../ports.ts";
import { type Delivered, decode } from "./delivered.ts";
import type { Handler } from "./subscriber.ts";

/** The records of a batch by stream, in order. */
export type Streams = ReadonlyMap<string, readonly LogRecord[]>;
/** The records of a stream from the first that cannot be handled, with the error. Without an error, the stream is already parked. */
export type FailedStream = { readonly stream: string; readonly records: readonly LogRecord[]; readonly error?: Error };

type Events = ReadonlyMap<string, readonly Delivered[]>;
/** The first record of a stream that cannot be handled, by its place among the stream's records. */
type Failed = Map<string, { readonly at: number; readonly error: Error }>;

export const byStream = (records: readonly LogRecord[], counts: (record: LogRecord) => boolean): Streams => {
  const streams = new Map<string, LogRecord[]>();
  for (const record of records) {
    if (!counts(record)) continue;
    const others = streams.get(record.key);
    if (others) others.push(record);
    else streams.set(record.key, [record]);
  }
  return streams;
};

/** Handles a batch, except for parked streams. Returns the latest handled event, and the streams that cannot continue. */
export const handOver = async (
  streams: Streams,
  waits: (stream: string) => boolean,
  codec: Codec,
  handler: Handler,
): Promise<{ readonly latest: Delivered | undefined; readonly failed: readonly FailedStream[] }> => {
  const { events, failed } = read(streams, waits, codec);
  const failures = events.size === 0 ? [] : await handler.handle(events);
  for (const { delivered, error } of failures) {
    const { stream } = delivered.meta;
    failed.set(stream, { at: events.get(stream)?.indexOf(delivered) ?? 0, error });
  }
  const left = [...streams].flatMap(([stream, records]): readonly FailedStream[] => {
    const failure = failed.get(stream);
    if (failure) return [{ stream, records: records.slice(failure.at), error: failure.error }];
    // A stream without events and without a failure is parked.
    return events.has(stream) ? [] : [{ stream, records }];
  });
  return { latest: latestOf(events, failed), failed: left };
};

/** The events of each stream that is not parked, up to its first record that cannot be decoded. */
const read = (streams: Streams, waits: (stream: string) => boolean, codec: Codec): { readonly events: Events; readonly failed: Failed } => {
  const events = new Map<string, Delivered[]>();
  const failed: Failed = new Map();
  for (const [stream, records] of streams) {
    if (waits(stream)) continue;
    const good: Delivered[] = [];
    for (const [at, record] of records.entries()) {
      const delivered = decode(record, codec);
      if (delivered instanceof Error) {
        failed.set(stream, { at, error: delivered });
        break;
      }
      good.push(delivered);
    }
    if (good.length > 0) events.set(stream, good);
  }
  return { events, failed };
};

/** The handled event with the highest offset. */
const latestOf = (events: Events, failed: Failed): Delivered | undefined => {
  let latest: Delivered | undefined;
  for (const [stream, own] of events) {
    const last = own[(failed.get(stream)?.at ?? own.length) - 1];
    if ((last?.record?.offset ?? -1) > (latest?.record?.offset ?? -1)) latest = last;
  }
  return latest;
};
