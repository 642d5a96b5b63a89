import { randomUUID } from "node:crypto";
import type { Log, LogBatch, LogRange, LogRecord } from "../../events/index.ts";
import { sorted } from "./order.ts";

/** The offsets that each partition holds now, sorted by topic and partition. `from`: where to begin, by the partition's name. */
const rangesOf = async (
  log: Log,
  topics: readonly string[],
  from: ReadonlyMap<string, number> = new Map(),
): Promise<readonly LogRange[]> => {
  const ranges: LogRange[] = [];
  for (const topic of topics.toSorted())
    try {
      const starts = new Map((await log.offsets(topic, 0)).map(({ partition, offset }) => [partition, offset]));
      for (const { partition, offset: to } of sorted(await log.ends(topic), ({ partition }) => partition))
        ranges.push({ topic, partition, from: Math.min(from.get(`${topic}/${partition}`) ?? starts.get(partition) ?? 0, to), to });
    } catch (error) {
      // The topic does not exist: no event of that aggregate has been published.
      if (!/no topic|not host this topic|UNKNOWN_TOPIC/i.test(error instanceof Error ? error.message : "")) throw error;
    }
  return ranges;
};

/**
 * Reads every record that is on the log now, once, with the access of a third party. It reads one partition after the other, so repeated
 * runs have the same order; `begin` leaves out what is before these offsets. Returns false if the signal interrupted it. `progress` reports the number of records read and their total.
 */
export const readRecords = async (
  log: Log,
  topics: readonly string[],
  signal: AbortSignal,
  seen: (record: LogRecord) => void | Promise<void>,
  progress: (read: number, all: number) => void = () => {},
  begin?: ReadonlyMap<string, number>,
): Promise<boolean> => {
  const ranges = (await rangesOf(log, topics, begin)).filter(({ from, to }) => from < to);
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

/** Reads new records until the signal aborts; with `start`, reads the existing records first. Each partition keeps its order. */
export const followRecords = async (
  log: Log,
  topics: readonly string[],
  start: boolean,
  signal: AbortSignal,
  seen: (record: LogRecord) => void,
): Promise<void> => {
  const ranges = await rangesOf(log, topics);
  if (ranges.length === 0) return;
  const ends = new Map(start ? [] : ranges.map(({ topic, partition, to }) => [`${topic}/${partition}`, to]));
  const running = await log.subscribe({
    group: `pitrix-cli-${randomUUID()}`,
    topics: [...new Set(ranges.map(({ topic }) => topic))],
    position: async (topic, partition) => ends.get(`${topic}/${partition}`),
    handle: async ({ topic, partition, records, next }) => {
      for (const record of records) seen(record);
      ends.set(`${topic}/${partition}`, next);
      return next;
    },
  });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await running.stop();
};
