import type { Clock, LogBatch, Rebuild } from "../ports.ts";
import { LAGS_KEPT } from "./recent-lags.ts";

type Handle = (batch: LogBatch) => Promise<number>;
type Pace = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One read as queries do it. */
  readonly probe: () => Promise<unknown>;
  /** How long commits have taken within so many milliseconds until the live collection showed them, in milliseconds. */
  readonly shown: (within: number) => readonly number[];
};

/** Records that are handled before the next pause, at most; with a low rate a tenth of a second's, with "auto" what others hardly notice. */
const SLICE = 500;
const GENTLE = 200;
/** How much longer reads, and commits until they show, may take than before. That is acted on a little earlier. */
const SLOWER = 1.35;
/**
 * How many reads, and how many commits, say how it was before; how long what is measured counts; how often the pause changes, so that it is known
 * what the last change did; and the first and the longest pause. All in milliseconds.
 */
const PROBES = 20;
const COMMITS = 5;
const RECENT = 1_500;
const DECIDED = 1_000;
const FIRST_PAUSE = 200;
const MAX_PAUSE = 2_000;

/** Handles batches at most at a rate: in records a second over all partitions together; "auto": so that reads and what is written stay fast; null: as they come. */
export const paced = async (rate: Rebuild["rate"], pace: Pace, handle: Handle): Promise<Handle> => {
  if (rate === null) return handle;
  return sliced(rate === "auto" ? GENTLE : Math.min(SLICE, Math.floor(rate / 10)), pace, handle, await pausing(rate, pace));
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

/**
 * Pauses longer while reads take longer than before, or commits until they show, and little by little shorter while neither does. So it comes near to
 * the rate that others do not notice from below, and stays there.
 */
const yielding = async ({ clock, probe, shown }: Pace): Promise<() => Promise<number>> => {
  let reads: { readonly at: number; readonly took: number }[] = [];
  const read = async (): Promise<void> => {
    const at = clock.now();
    await probe();
    reads.push({ at, took: clock.now() - at });
  };
  const timesOf = () => reads.map(({ took }) => took);
  for (let n = 0; n < PROBES; n++) await read();
  const before = shown(LAGS_KEPT);
  // Times are whole milliseconds.
  const allowed = { read: SLOWER * slowOf(timesOf()) + 1, shown: SLOWER * slowOf(before) + 1 };
  const isShownLate = (): boolean => before.length >= COMMITS && slowOf(shown(RECENT)) > allowed.shown;
  let pause = FIRST_PAUSE;
  // Until it was too fast for the first time.
  let faster = 0.6;
  let decided = clock.now();
  return async () => {
    await read();
    const now = clock.now();
    reads = reads.filter(({ at }, index) => at >= now - RECENT || index >= reads.length - 3);
    if (now - decided < DECIDED) return Math.floor(pause);
    decided = now;
    const isSlow = slowOf(timesOf()) > allowed.read || isShownLate();
    if (isSlow) faster = 0.85;
    pause = isSlow ? Math.min(MAX_PAUSE, 1.4 * pause + 10) : pause < 3 ? 0 : faster * pause;
    return Math.floor(pause);
  };
};

const slowOf = (times: readonly number[]): number => times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.9)] ?? 0;
