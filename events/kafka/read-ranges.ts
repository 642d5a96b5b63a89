import { nameOf } from "../log/partition.ts";
import type { Log, LogBatch, LogRange } from "../ports.ts";
import type { Administration } from "./administration.ts";
import { type KafkaLogOptions, timeoutOf } from "./client.ts";
import { connectFetcher, type Fetcher } from "./fetcher.ts";
import { pauseAfter } from "./waiting.ts";

/** A range whose records before `at` are handled. */
type Reading = { readonly range: LogRange; at: number };

const isOpen = ({ range, at }: Reading): boolean => at < range.to;

/** Reads from the leaders of the partitions. After a failure it reconnects; it throws when no records arrive for the time of a request. */
export const readRanges =
  (options: KafkaLogOptions, administration: Administration): Log["read"] =>
  async (ranges, handle, signal) => {
    await demandRanges(administration, ranges);
    const all: readonly Reading[] = ranges.map((range) => ({ range, at: range.from }));
    const topics = [...new Set(ranges.map(({ topic }) => topic))];
    let fetcher: Fetcher | undefined;
    let until = Date.now() + timeoutOf(options);

    const fetch = async (open: ReadonlyMap<string, Reading>): Promise<readonly LogBatch[]> => {
      for (let failures = 0; ; failures++) {
        signal.throwIfAborted();
        try {
          fetcher ??= await connectFetcher(options, topics, signal);
          const batches = await fetcher.fetch([...open.values()].map(({ range, at }) => ({ ...range, from: at })));
          if (batches.length > 0) return batches;
          if (Date.now() > until) throw new Error(`No records arrive from ${[...open.keys()].join(", ")}`);
        } catch (error) {
          await fetcher?.close();
          fetcher = undefined;
          if (Date.now() > until) throw error;
          await pauseAfter(failures + 1, signal);
        }
      }
    };

    try {
      for (;;) {
        // At most one open range of each partition (the last), because a request can name a partition only once.
        const open = new Map(all.filter(isOpen).map((reading) => [nameOf(reading.range), reading]));
        if (open.size === 0) return;
        const batches = await fetch(open);
        const handled = await Promise.allSettled(
          batches.map(async (batch) => {
            const reading = open.get(nameOf(batch));
            if (reading) reading.at = await handle(batch, signal);
          }),
        );
        for (const outcome of handled) if (outcome.status === "rejected") throw outcome.reason;
        until = Date.now() + timeoutOf(options);
      }
    } finally {
      await fetcher?.close();
    }
  };

const demandRanges = async (administration: Administration, ranges: readonly LogRange[]): Promise<void> => {
  const held = new Map<string, { readonly low: number; readonly high: number }>();
  for (const topic of new Set(ranges.map((range) => range.topic)))
    for (const { partition, ...range } of await administration.ranges(topic)) held.set(nameOf({ topic, partition }), range);
  for (const range of ranges) {
    const { low, high } = held.get(nameOf(range)) ?? { low: 0, high: 0 };
    if (range.from < low || range.to > high || range.from > range.to)
      throw new Error(`${nameOf(range)} holds ${low} to ${high} and not ${range.from} to ${range.to}`);
  }
};
