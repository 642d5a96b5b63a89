import { setMaxListeners } from "node:events";
import { nameOf } from "../log/partition.ts";
import type { LogBatch, LogRange, LogSubscription } from "../ports.ts";
import { under } from "./fate.ts";
import { type Instance, partitionOf, type Reading, retrying } from "./log-reading.ts";

/** Reads ranges concurrently, each once, for one instance without a group. */
export const readRanges = async (
  reading: Reading,
  instance: Instance,
  ranges: readonly LogRange[],
  handle: LogSubscription["handle"],
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted();
  for (const range of ranges) {
    const end = partitionOf(reading, range).end();
    if (range.from < 0 || range.to > end || range.from > range.to)
      throw new Error(`${nameOf(range)} holds 0 to ${end} and not ${range.from} to ${range.to}`);
  }
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  // Every range may add a listener.
  setMaxListeners(0, over);
  const read = async (range: LogRange): Promise<void> => {
    for (let at = range.from; at < range.to; ) {
      const batch = await retrying(reading, instance, over, () =>
        under(instance.fate, `log.read ${nameOf(range)}`, () => cut(partitionOf(reading, range).batch(at), range.to)),
      );
      if (!batch) throw new Error(`${nameOf(range)} is not read to its end`);
      at = await handle(batch.value, over);
    }
  };
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    failed.abort();
  };
  await Promise.all(ranges.map((range) => read(range).catch(fail)));
  signal.throwIfAborted();
  if (failure) throw failure.error;
};

const cut = (batch: LogBatch, to: number): LogBatch => ({
  ...batch,
  records: batch.records.filter(({ offset }) => offset < to),
  next: Math.min(batch.next, to),
  end: to,
});
