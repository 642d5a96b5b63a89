import type { Occurrence } from "./causation.ts";
import { type Choreography, compare } from "./graph.ts";

/** A reaction, an effect or a timer as it was seen: an event of one service that led to events of another, or of itself. */
export type ObservedRow = {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly by: "reaction" | "effect" | "timer";
  /** Whether a table has it. */
  readonly declared: boolean;
  /** How many events of this type were announced, and how many of them led to something. */
  readonly announced: number;
  readonly seen: number;
  /** Milliseconds from the event to the first one that it led to: the median and the 99th percentile; null: never seen with its cause. */
  readonly median: number | null;
  readonly slowest: number | null;
};
export type Observed = { readonly rows: readonly ObservedRow[]; readonly events: number };

/**
 * Lays what happened over the map: which rows were seen, how often and how fast, by the causes that events name. A row that had nothing to do has
 * left no event, so "never seen" is a question and not a verdict.
 */
export const observe = (graph: Choreography, occurrences: readonly Occurrence[]): Observed => {
  const known = new Map(occurrences.map((each) => [each.eventId, each]));
  const owners = new Map(graph.nodes.flatMap(({ name, aggregates }) => aggregates.map((aggregate) => [aggregate.name, name] as const)));
  const announced = new Map<string, number>();
  for (const { service, type } of known.values()) announced.set(`${service} ${type}`, (announced.get(`${service} ${type}`) ?? 0) + 1);

  const rows = new Map<string, Pick<ObservedRow, "from" | "event" | "to" | "by" | "declared">>();
  const keyOf = (row: Omit<ObservedRow, "declared" | "announced" | "seen" | "median" | "slowest">): string =>
    `${row.from} ${row.event} ${row.to} ${row.by}`;
  const declare = (row: Pick<ObservedRow, "from" | "event" | "to" | "by">): void => void rows.set(keyOf(row), { ...row, declared: true });
  for (const { from, event, to, by } of graph.arrows) if (by === "reaction") declare({ from, event, to, by });
  for (const { name, effects, timers } of graph.nodes) {
    for (const { on } of effects) declare({ from: name, event: on, to: name, by: "effect" });
    for (const { on } of timers) declare({ from: name, event: on, to: name, by: "timer" });
  }

  /** The time of the first consequence of each cause, by row. */
  const firsts = new Map<string, Map<string, number>>();
  for (const { causationId, row, service: to, time } of known.values()) {
    if (causationId === null) continue;
    const cause = known.get(causationId);
    const by = row === "effect" || row === "timer" ? row : "reaction";
    const event = by === "reaction" ? row : cause?.type;
    const from = cause?.service ?? owners.get(causationId.slice(0, causationId.indexOf("/"))) ?? "";
    // An effect or a timer whose event is not among these: its row is not known.
    if (event === undefined) continue;
    const found = { from, event, to, by } as const;
    const key = keyOf(found);
    if (!rows.has(key)) rows.set(key, { ...found, declared: false });
    const times = firsts.get(key) ?? new Map<string, number>();
    times.set(causationId, Math.min(times.get(causationId) ?? Number.POSITIVE_INFINITY, Date.parse(time)));
    firsts.set(key, times);
  }

  const all = [...rows].map(([key, row]): ObservedRow => {
    const times = firsts.get(key) ?? new Map<string, number>();
    const took = [...times]
      .flatMap(([cause, at]) => {
        const began = known.get(cause);
        return began ? [Math.max(0, at - Date.parse(began.time))] : [];
      })
      .sort((one, other) => one - other);
    const at = (share: number): number | null => took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? null;
    return {
      ...row,
      announced: announced.get(`${row.from} ${row.event}`) ?? 0,
      seen: times.size,
      median: at(0.5),
      slowest: at(0.99),
    };
  });
  return {
    rows: all.toSorted((a, b) => compare(a.from, b.from) || compare(a.event, b.event) || compare(a.to, b.to) || compare(a.by, b.by)),
    events: known.size,
  };
};

/** Whether a row is not as the tables say: seen and not declared, or declared and never seen although its event was announced. */
export const isOdd = ({ declared, seen, announced }: ObservedRow): boolean => !declared || (seen === 0 && announced > 0);

/** The map with what was seen: rows that no table has become arrows, too. */
export const withObserved = (graph: Choreography, { rows }: Observed): Choreography => ({
  ...graph,
  arrows: [
    ...graph.arrows,
    ...rows.flatMap(({ from, event, to, by, declared }) =>
      declared || by !== "reaction" || !graph.nodes.some(({ name }) => name === from)
        ? []
        : [{ event, from, to, aggregate: "", by: "reaction" as const, row: event, commands: [] }],
    ),
  ],
});
