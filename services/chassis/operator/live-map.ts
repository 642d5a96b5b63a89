import type { AnyService, Log, LogRecord } from "../../../events/index.ts";
import { fromRecord, graphOf, type Observed, type Occurrence, observe } from "../../../events/map/index.ts";
import { partFor, topicsOf } from "./events.ts";
import { CommandFailed } from "./failure.ts";
import { sorted } from "./order.ts";
import { readRecords } from "./reading.ts";
import type { Progress } from "./works.ts";

/** Events of a live map; of more, those that were read last are laid over it. */
const MAX_EVENTS = 200_000;

export type LiveMap = Observed & {
  /** Seconds that were looked at; null: the whole log. */
  readonly seconds: number | null;
  /** Events that were left out, since there were too many. */
  readonly left: number;
};

type Means = {
  readonly log: Log;
  /** The services whose rows are looked at, and all whose tables are known. */
  readonly own: readonly AnyService[];
  readonly all: readonly AnyService[];
  readonly signal: AbortSignal;
  readonly progress?: Progress;
};

/** Which rows of some services were seen on the log since a time, so many seconds ago, how often and how fast. */
export const liveMap = async ({ log, own, all, signal, progress }: Means, since: number | null, now: number): Promise<LiveMap> => {
  const occurrences: Occurrence[] = [];
  let read = 0;
  const part = await partFor(log, { among: topicsOf(own).readable, ...(since !== null && { since: `${since}s` }) }, now);
  const take = (record: LogRecord): void => {
    const one = fromRecord(record);
    if (one) occurrences[read++ % MAX_EVENTS] = one;
  };
  if (!(await readRecords(log, part, signal, take, progress))) throw new CommandFailed("interrupted");
  const names = new Set(own.map(({ name }) => name));
  return {
    // Of other services' events are read only those that these services read.
    rows: observe(graphOf(all), occurrences).rows.filter(({ to }) => names.has(to)),
    events: new Set(occurrences.flatMap(({ service, eventId }) => (names.has(service) ? [eventId] : []))).size,
    ...{ seconds: since, left: read - occurrences.length },
  };
};

/** The maps of several services in one. */
export const mergedMaps = (maps: readonly LiveMap[]): LiveMap => ({
  rows: sorted(
    maps.flatMap(({ rows }) => rows),
    ({ from }) => from,
    ({ event }) => event,
    ({ to }) => to,
    ({ by }) => by,
  ),
  events: maps.reduce((sum, { events }) => sum + events, 0),
  seconds: maps[0]?.seconds ?? null,
  left: maps.reduce((sum, { left }) => sum + left, 0),
});
