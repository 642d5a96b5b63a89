import type { Clock, LogBatch } from "../ports.ts";

type Handle = (batch: LogBatch) => Promise<number>;

/** Records that are handled before the next pause, at most; with a low rate a tenth of a second's. */
const SLICE = 500;

/** Handles batches at most at a rate, in records a second over all partitions together; null: as they come. */
export const paced = (rate: number | null, clock: Clock, signal: AbortSignal, handle: Handle): Handle => {
  if (rate === null) return handle;
  const size = Math.max(1, Math.min(SLICE, Math.floor(rate / 10)));
  let due = clock.now();
  return async (batch) => {
    for (let at = 0; ; at += size) {
      const records = batch.records.slice(at, at + size);
      const last = at + size >= batch.records.length ? undefined : records.at(-1);
      const slice = { ...batch, records, next: last ? last.offset + 1 : batch.next };
      due = Math.max(due, clock.now()) + (1_000 * records.length) / rate;
      const next = await handle(slice);
      // Another owner wrote in between, or all is handled.
      if (next !== slice.next || !last) return next;
      await clock.sleep(due - clock.now(), signal);
      signal.throwIfAborted();
    }
  };
};
