import type { Clock, LogBatch, Rebuild } from "../ports.ts";

type Handle = (batch: LogBatch) => Promise<number>;
type Pace = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One read as queries do it. */
  readonly probe: () => Promise<unknown>;
};

/** Records that are handled before the next pause, at most; with a low rate a tenth of a second's. */
const SLICE = 500;
/** How much longer reads may take than before, how many of the last ones count, and the longest pause, in milliseconds. */
const SLOWER = 1.5;
const PROBES = 20;
const MAX_PAUSE = 2_000;

/** Handles batches at most at a rate: in records a second over all partitions together; "auto": so that reads stay fast; null: as they come. */
export const paced = async (rate: Rebuild["rate"], pace: Pace, handle: Handle): Promise<Handle> => {
  if (rate === null) return handle;
  return sliced(rate === "auto" ? SLICE : Math.min(SLICE, Math.floor(rate / 10)), pace, handle, await pausing(rate, pace));
};

/** How long to wait after so many records, in milliseconds. */
export const pausing = async (rate: Rebuild["rate"], pace: Pace): Promise<(records: number) => number | Promise<number>> =>
  rate === null ? () => 0 : rate === "auto" ? await yielding(pace) : evenly(rate, pace);

/** Handles a batch in slices, and waits after each for what `after` gives, in milliseconds. */
const sliced =
  (most: number, { clock, signal }: Pace, handle: Handle, after: (records: number) => number | Promise<number>): Handle =>
  async (batch) => {
    const size = Math.max(1, most);
    for (let at = 0; ; at += size) {
      const records = batch.records.slice(at, at + size);
      const last = at + size >= batch.records.length ? undefined : records.at(-1);
      const slice = { ...batch, records, next: last ? last.offset + 1 : batch.next };
      const next = await handle(slice);
      const milliseconds = await after(records.length);
      if (milliseconds > 0) await clock.sleep(milliseconds, signal);
      signal.throwIfAborted();
      // Another owner wrote in between, or all is handled.
      if (next !== slice.next || !last) return next;
    }
  };

const evenly = (rate: number, { clock }: Pace): ((records: number) => number) => {
  let due = clock.now();
  return (records) => {
    due = Math.max(due, clock.now() - 1_000) + (1_000 * records) / rate;
    return due - clock.now();
  };
};

/** Pauses longer and longer while reads take longer than before, and shorter again when they do not. */
const yielding = async ({ clock, probe }: Pace): Promise<() => Promise<number>> => {
  const timed = async (): Promise<number> => {
    const began = clock.now();
    await probe();
    return clock.now() - began;
  };
  const times: number[] = [];
  for (let n = 0; n < PROBES; n++) times.push(await timed());
  // Times are whole milliseconds.
  const allowed = SLOWER * slowOf(times) + 1;
  let pause = 0;
  return async () => {
    times.push(await timed());
    times.shift();
    pause = slowOf(times) > allowed ? Math.min(MAX_PAUSE, 2 * pause + 10) : Math.floor(pause / 2);
    return pause;
  };
};

const slowOf = (times: readonly number[]): number => times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.9)] ?? 0;
