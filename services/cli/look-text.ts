import { duration, graphOf, isOdd, svg, withObserved } from "../../events/map/index.ts";
import type { StateAt } from "../chassis/operator/at.ts";
import type { LiveMap } from "../chassis/operator/live-map.ts";
import type { AnyService } from "../chassis/service.ts";
import { type Paint, plain, table } from "./output.ts";

/** The state as text: each field with the event that set it. */
export const stateText = ({ of, event_id: eventId, time, events, state, set_by: setBy }: StateAt, paint: Paint): string => {
  if (eventId === null) return `${paint("bold", plain(of))}  did not exist yet.`;
  const head = `${paint("bold", plain(of))}  as of ${plain(eventId)}, ${plain(time)}, ${events} ${events === 1 ? "event" : "events"}`;
  if (state === null || typeof state !== "object") return `${head}\n${state === null ? "It is deleted." : plain(JSON.stringify(state))}`;
  const rows = Object.entries(state).map(([field, value]) => [`  ${field}: ${plain(JSON.stringify(value))}`, setBy[field] ?? ""] as const);
  return [head, ...rows.map(([text, event]) => `${text}${event === "" ? "" : `  ${paint("dim", plain(event))}`}`)].join("\n");
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
