import { typeOf } from "../log/record.ts";
import type { Meta } from "../message.ts";
import type { LogRecord } from "../ports.ts";
import { compare } from "./graph.ts";

/** An event as far as its causes go. */
export type Occurrence = Omit<Meta, "actor"> & {
  readonly type: string;
  readonly service: string;
  /** The table row that decided it. */
  readonly row: string;
};

/** Why something happened. `request`: because of nothing that is shown; the row says what for. */
export type CauseKind = "request" | "reaction" | "effect" | "timer";

/** One event, or several of one type that one row brought about for one reason each of the same kind. */
export type CausationNode = {
  readonly type: string;
  readonly service: string;
  readonly row: string;
  readonly because: CauseKind;
  readonly occurrences: readonly Occurrence[];
  /** Milliseconds since the first event of the tree, of the first and the last of them. */
  readonly first: number;
  readonly last: number;
  readonly effects: readonly CausationNode[];
};

/** All that a request set going. */
export type CausationTree = {
  readonly correlationId: string;
  /** RFC 3339, of the first event. */
  readonly began: string;
  readonly events: number;
  /** In the order in which the story comes to them. */
  readonly services: readonly string[];
  /** Until the last event, in milliseconds. */
  readonly took: number;
  readonly roots: readonly CausationNode[];
};

/** Reads the headers alone; undefined where the record is no event. */
export const fromRecord = (record: LogRecord): Occurrence | undefined => {
  const { key, headers } = record;
  const type = typeOf(record);
  if (type === undefined || headers.ce_id === undefined || headers.ce_time === undefined) return undefined;
  return {
    eventId: headers.ce_id,
    type,
    service: headers.ce_source?.split("/").at(-1) ?? "",
    stream: key,
    version: Number(headers.ce_sequence),
    time: headers.ce_time,
    correlationId: headers.ce_correlationid ?? "",
    causationId: headers.ce_causationid ?? null,
    actionId: headers.ce_actionid ?? null,
    row: headers.ce_row ?? "",
  };
};

/** So many alike of one cause are told one by one; more are folded into one. */
const ALIKE = 3;

/** What came of what. Repeats count once, events of other requests not at all; a cause that is not among the events makes a root. */
export const causation = (events: readonly Occurrence[], alike = ALIKE): CausationTree => {
  const known = new Map(sorted(events).map((event) => [event.eventId, event]));
  const effects = new Map<string, Occurrence[]>();
  const roots: Occurrence[] = [];
  for (const event of known.values()) {
    const { causationId } = event;
    if (causationId !== null && known.has(causationId) && !leadsTo(event, causationId, known))
      effects.set(causationId, [...(effects.get(causationId) ?? []), event]);
    else roots.push(event);
  }
  const times = [...known.values()].map(({ time }) => Date.parse(time));
  const start = times.length === 0 ? 0 : Math.min(...times);

  const nodesOf = (occurrences: readonly Occurrence[]): readonly CausationNode[] => {
    const groups = new Map<string, Occurrence[]>();
    for (const each of occurrences) {
      const key = JSON.stringify([each.service, each.type, each.row]);
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    return [...groups.values()]
      .flatMap((group) => (group.length > alike ? [group] : group.map((each) => [each])))
      .toSorted(([a], [b]) => (a && b ? inTime(a, b) : 0))
      .flatMap((group) => nodeOf(group));
  };
  const nodeOf = (group: readonly Occurrence[]): readonly CausationNode[] => {
    const [one] = group;
    if (!one) return [];
    const at = group.map(({ time }) => Date.parse(time) - start);
    return [
      {
        type: one.type,
        service: one.service,
        row: one.row,
        because: becauseOf(one, known),
        occurrences: group,
        first: Math.min(...at),
        last: Math.max(...at),
        effects: nodesOf(sorted(group.flatMap(({ eventId }) => effects.get(eventId) ?? []))),
      },
    ];
  };

  const [first] = known.values();
  const tops = nodesOf(roots);
  return {
    correlationId: first?.correlationId ?? "",
    began: first?.time ?? "",
    events: known.size,
    services: [...new Set(tops.flatMap(servicesIn))],
    took: times.length === 0 ? 0 : Math.max(...times) - start,
    roots: tops,
  };
};

const servicesIn = ({ service, effects }: CausationNode): readonly string[] => [service, ...effects.flatMap(servicesIn)];

/** Does following causes from here arrive at the event itself? Only a damaged history does. */
const leadsTo = ({ eventId }: Occurrence, from: string, known: ReadonlyMap<string, Occurrence>): boolean => {
  const seen = new Set<string>();
  for (let at: string | null = from; at !== null && !seen.has(at); at = known.get(at)?.causationId ?? null) {
    if (at === eventId) return true;
    seen.add(at);
  }
  return false;
};

const becauseOf = ({ row, causationId }: Occurrence, known: ReadonlyMap<string, Occurrence>): CauseKind => {
  if (row === "effect" || row === "timer") return row;
  const cause = causationId === null ? undefined : known.get(causationId);
  return cause?.type === row ? "reaction" : causationId === null ? "request" : "reaction";
};

const inTime = (a: Occurrence, b: Occurrence): number =>
  Date.parse(a.time) - Date.parse(b.time) || compare(a.stream, b.stream) || a.version - b.version;
const sorted = (events: readonly Occurrence[]): readonly Occurrence[] => events.toSorted(inTime);
