import { typeOf } from "../log/record.ts";
import type { Meta } from "../message.ts";
import type { LogRecord } from "../ports.ts";
import { compare } from "./graph.ts";

/** An event without its content: the metadata that a causation tree needs. */
export type Occurrence = Omit<Meta, "actor"> & {
  readonly type: string;
  readonly service: string;
  /** The table row that decided it. */
  readonly row: string;
};

/** Why an event occurred. `request`: its cause is not part of the tree, and the row names the operation. */
export type CauseKind = "request" | "reaction" | "effect" | "timer";

/** One event, or several events of one service, type and row that have the same parent. */
export type CausationNode = {
  readonly type: string;
  readonly service: string;
  readonly row: string;
  readonly because: CauseKind;
  readonly occurrences: readonly Occurrence[];
  /** When the first and the last of these events occurred, in milliseconds since the first event of the tree. */
  readonly first: number;
  readonly last: number;
  readonly effects: readonly CausationNode[];
};

/** All events that follow from one request. */
export type CausationTree = {
  readonly correlationId: string;
  /** Time of the first event, in RFC 3339. */
  readonly began: string;
  readonly events: number;
  /** In the order of their first event, depth first. */
  readonly services: readonly string[];
  /** Milliseconds from the first event to the last. */
  readonly took: number;
  readonly roots: readonly CausationNode[];
};

/** Reads only the headers. Returns undefined if the record is not an event. */
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

/** Up to this many equal events of one cause are shown one by one; more are folded into one node. */
const UNFOLDED = 3;

/** Builds the tree of causes. A repeated event counts once. An event whose cause is not among these events becomes a root. */
export const causation = (events: readonly Occurrence[], unfolded = UNFOLDED): CausationTree => {
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
      .flatMap((group) => (group.length > unfolded ? [group] : group.map((each) => [each])))
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

/** Whether the chain of causes leads back to the event itself. This happens only in a damaged history. */
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
