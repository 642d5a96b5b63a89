import type { Log } from "../../events/index.ts";
import {
  duration,
  fromRecord,
  graphOf,
  isOdd,
  type Observed,
  type Occurrence,
  observe,
  svg,
  withObserved,
} from "../../events/map/index.ts";
import type { AnyService } from "../chassis/service.ts";
import { partFor } from "./events.ts";
import { CommandFailed } from "./failure.ts";
import { type Paint, table } from "./output.ts";
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

/** `12/min`, `0.5/h`. */
const rated = (count: number, seconds: number | null): string => {
  if (seconds === null) return `${count}`;
  const [number, unit] =
    count >= seconds ? [count / seconds, "s"] : count * 60 >= seconds ? [(count * 60) / seconds, "min"] : [(count * 3_600) / seconds, "h"];
  return `${Number(number.toPrecision(2))}/${unit}`;
};

/** The picture of the map, with the rate and the median latency of each reaction, and odd ones in red. */
export const liveMapSvg = (loaded: readonly AnyService[], live: LiveMap): string => {
  const rows = new Map(live.rows.filter(({ by }) => by === "reaction").map((row) => [`${row.from} ${row.event} ${row.to}`, row]));
  return svg(withObserved(graphOf(loaded), live), {
    note: (from, event, to) => {
      const row = rows.get(`${from} ${event} ${to}`);
      if (!row) return undefined;
      const text = !row.declared ? "not declared" : row.seen === 0 ? (row.announced > 0 ? "never seen" : "–") : "";
      const seen = [rated(row.seen, live.seconds), ...(row.median === null ? [] : [duration(row.median)])].join(", ");
      return { text: text || seen, odd: isOdd(row) };
    },
  });
};

export const liveMapText = ({ rows, events, seconds, left }: LiveMap, paint: Paint): string => {
  const shown = rows.filter(({ announced, seen }) => announced > 0 || seen > 0);
  const lines = table(
    ["FROM", "EVENT", "TO", "BY", "ANNOUNCED", "SEEN", "RATE", "MEDIAN", "99 %", ""],
    shown.map((row) => [
      ...[row.from, row.event, row.to, row.by, row.announced, row.seen, rated(row.seen, seconds)],
      ...[row.median, row.slowest].map((time) => (time === null ? "-" : duration(time))),
      row.declared ? (isOdd(row) ? "never seen" : "") : "not declared",
    ]),
    paint,
  ).split("\n");
  const marked = lines.map((line, index) =>
    index > 0 && shown[index - 1] && isOdd(shown[index - 1] as (typeof shown)[number]) ? paint("red", line) : line,
  );
  const silent = rows.length - shown.length;
  return [
    ...marked,
    "",
    `${events} events${left > 0 ? ` (${left} older ones were left out)` : ""}; ${silent} declared rows had no event to act on.`,
    "A row that had nothing to do leaves no event: of one that is never seen, look at its service first.",
  ].join("\n");
};
