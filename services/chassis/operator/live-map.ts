import type { AnyService, Log } from "../../../events/index.ts";
import { fromRecord, graphOf, type Observed, type Occurrence, observe } from "../../../events/map/index.ts";
import { partFor } from "./events.ts";
import { CommandFailed } from "./failure.ts";
import { readRecords } from "./reading.ts";

/** Events of a live map; of more, those that were read last are laid over it. */
const MAX_EVENTS = 200_000;

export type LiveMap = Observed & {
  /** Seconds that were looked at; null: the whole log. */
  readonly seconds: number | null;
  /** Events that were left out, since there were too many. */
  readonly left: number;
};

/** Which rows of these services were seen on the log since a time, how often and how fast. */
export const liveMap = async (
  log: Log,
  loaded: readonly AnyService[],
  since: number | null,
  signal: AbortSignal,
  now: number,
): Promise<LiveMap> => {
  const occurrences: Occurrence[] = [];
  let read = 0;
  const part = await partFor(log, since === null ? {} : { since: `${since}s` }, now);
  const finished = await readRecords(log, part, signal, (record) => {
    const one = fromRecord(record);
    if (one) occurrences[read++ % MAX_EVENTS] = one;
  });
  if (!finished) throw new CommandFailed("interrupted");
  return { ...observe(graphOf(loaded), occurrences), seconds: since, left: read - occurrences.length };
};
