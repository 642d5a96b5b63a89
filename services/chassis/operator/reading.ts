import { randomUUID } from "node:crypto";
import { eachOf, type Log, type LogBatch, type LogRange, type LogRecord } from "../../../events/index.ts";
import { isMissingTopic, nameOf, partitionOf } from "../../../events/runtime.ts";
import { sorted } from "./order.ts";

/** Which part of the log to read. */
export type LogPart = {
  readonly topics: readonly string[];
  /** Only the partitions in which this stream is. */
  readonly stream?: string | undefined;
  /** Where to begin, by the partition's name; by default at its first record. */
  readonly begin?: ReadonlyMap<string, number> | undefined;
};

/** Topics that are asked about at a time. */
const CONCURRENCY = 8;

/** The offsets that each partition holds now, sorted by topic and partition. */
export const rangesOf = async (log: Log, { topics, stream, begin = new Map() }: LogPart): Promise<readonly LogRange[]> => {
  const ranges: LogRange[] = [];
  await eachOf(topics, CONCURRENCY, async (topic) => {
    try {
      const [first, ends] = await Promise.all([log.offsets(topic, 0), log.ends(topic)]);
      const starts = new Map(first.map(({ partition, offset }) => [partition, offset]));
      for (const { partition, offset: to } of ends)
        if (stream === undefined || partition === partitionOf(stream, ends.length))
          ranges.push({ topic, partition, from: Math.min(begin.get(nameOf({ topic, partition })) ?? starts.get(partition) ?? 0, to), to });
    } catch (error) {
      // The topic does not exist: no event of that aggregate has been published.
      if (!isMissingTopic(error)) throw error;
    }
  });
  return sorted(
    ranges,
    ({ topic }) => topic,
    ({ partition }) => partition,
  );
};

/**
 * Reads every record that is on the log now, once, with the access of a third party. It reads one partition after the other, so repeated
 * runs have the same order. Returns false if the signal interrupted it. `progress` reports the number of records read and their total.
 */
export const readRecords = async (
  log: Log,
  part: LogPart,
  signal: AbortSignal,
  seen: (record: LogRecord) => void | Promise<void>,
  progress: (read: number, all: number) => void = () => {},
): Promise<boolean> => {
  const ranges = (await rangesOf(log, part)).filter(({ from, to }) => from < to);
  const all = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let before = 0;
  try {
    for (const range of ranges) {
      const handle = async ({ records, next }: LogBatch): Promise<number> => {
        for (const record of records) await seen(record);
        progress(before + next - range.from, all);
        return next;
      };
      await log.read([range], handle, signal);
      before += range.to - range.from;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
};

/** Reads records until the signal aborts, those that are on the log already only if `existing` says so. Each partition keeps its order. */
export const followRecords = async (
  log: Log,
  part: LogPart,
  existing: boolean,
  signal: AbortSignal,
  seen: (record: LogRecord) => void,
): Promise<void> => {
  const ranges = await rangesOf(log, part);
  if (ranges.length === 0) return;
  const ends = new Map(ranges.map(({ topic, partition, from, to }) => [nameOf({ topic, partition }), existing ? from : to]));
  const running = await log.subscribe({
    group: `pitrix-cli-${randomUUID()}`,
    topics: [...new Set(ranges.map(({ topic }) => topic))],
    position: async (topic, partition) => ends.get(nameOf({ topic, partition })),
    handle: async ({ topic, partition, records, next }) => {
      const place = nameOf({ topic, partition });
      for (const record of ends.has(place) ? records : []) seen(record);
      if (ends.has(place)) ends.set(place, next);
      return next;
    },
  });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await running.stop();
};
