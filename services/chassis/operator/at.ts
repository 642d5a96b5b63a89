import {
  type AnyProjection,
  type AnyService,
  aggregateOf,
  keyOf,
  type Log,
  type LogRecord,
  type Meta,
  type StoredDocument,
  topicOf,
} from "../../../events/index.ts";
import { codec, type Delivered, decode, evolve, fieldDigests, headerOf, idsOf, sourcesOf, typeOf } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";
import { positionIn } from "../http/causation-query.ts";
import { withoutSecrets } from "../http/shown.ts";
import { findEvent, timeIn } from "./events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { readRecords } from "./reading.ts";

/** What an aggregate or a document of a read model was at a moment. */
export type StateAt = {
  /** `cluster/cl-1`, or `cluster/clusters/cl-1`. */
  readonly of: string;
  /** The event id of the last event in it, and its time; null: it did not exist yet. */
  readonly event_id: string | null;
  readonly time: string | null;
  /** Events that are folded. */
  readonly events: number;
  readonly state: unknown;
  /** The event that set each field last. */
  readonly set_by: { readonly [field: string]: string };
};
type Means = { readonly log: Log; readonly loaded: readonly AnyService[]; readonly signal: AbortSignal; readonly now: number };

const released = codec(contract.schemas);

/** Folds an aggregate, `cluster/cl-1`, or a document, `cluster/clusters/cl-1`, from the log up to a time or an event. */
export const stateAt = async (means: Means, when: string, what: string): Promise<StateAt> => {
  const isBefore = await momentOf(means, when);
  const [first = "", second = "", ...rest] = what.split("/");
  return rest.length > 0
    ? documentAt(means, what, documentModel(means.loaded, first, second), rest.join("/"), isBefore)
    : aggregateAt(means, what, isBefore);
};

type IsBefore = (meta: Pick<Meta, "stream" | "version" | "time">) => boolean;

/** Of the event's own stream everything up to its version, of others everything up to its time. */
const momentOf = async ({ log, signal, now }: Means, when: string): Promise<IsBefore> => {
  const position = positionIn(when);
  if (position) {
    const { record } = await findEvent(log, when, signal);
    const at = headerOf(record, "ce_time") ?? "";
    return ({ stream, version, time }) => (stream === position.stream ? version <= position.version : time <= at);
  }
  const time = when === "now" ? now : timeIn(when, now);
  if (time === undefined)
    throw new CommandFailed(
      `${when} is not a moment: expected a time (2026-01-31T12:00:00Z), a duration before now (5m), now, or an event id (cluster/cl-1@12)`,
      exitCodes.usage,
    );
  const last = new Date(time).toISOString();
  return (meta) => meta.time <= last;
};

/** A read model, by the names of its service and its own. */
export const documentModel = (loaded: readonly AnyService[], service: string, model: string): AnyProjection => {
  const { projections = [] } = loaded.find(({ name }) => name === service) ?? {};
  const found = projections.find(({ name }) => name === model);
  if (found) return found;
  const known = loaded.flatMap(({ name, projections: all = [] }) => all.map((each) => `${name}/${each.name}`));
  throw new CommandFailed(`there is no read model ${service}/${model}; there are ${known.join(", ")}`, exitCodes.notFound);
};

/** The events of some topics up to the moment, once each, in the order of their streams. */
const eventsOf = async (
  { log, signal }: Means,
  part: { readonly topics: readonly string[]; readonly stream?: string },
  concerns: (record: LogRecord) => boolean,
  isBefore: IsBefore,
  fold: (delivered: Delivered) => void,
): Promise<void> => {
  const versions = new Map<string, number>();
  const seen = (record: LogRecord): void => {
    if (!concerns(record)) return;
    const delivered = decode(record, released);
    if (delivered instanceof Error) throw new CommandFailed(`${record.key} cannot be folded: ${delivered.message}`);
    const { stream, version } = delivered.meta;
    if (version <= (versions.get(stream) ?? 0) || !isBefore(delivered.meta)) return;
    versions.set(stream, version);
    fold(delivered);
  };
  if (!(await readRecords(log, part, signal, seen))) throw new CommandFailed("interrupted");
};

/** Which event has set each field last. */
const fieldsSet = () => {
  const setBy: { [field: string]: string } = {};
  let before: { readonly [field: string]: string } = {};
  return {
    setBy,
    note: (value: unknown, eventId: string): void => {
      const after = fieldDigests({ value: Object(value) });
      for (const field of new Set([...Object.keys(before), ...Object.keys(after)]))
        if (before[field] !== after[field]) setBy[field] = eventId;
      for (const field of Object.keys(setBy)) if (!(field in after)) delete setBy[field];
      before = after;
    },
  };
};

const aggregateAt = async (means: Means, stream: string, isBefore: IsBefore): Promise<StateAt> => {
  const aggregate = aggregateOf(stream);
  const decider = means.loaded.flatMap(({ aggregates }) => aggregates[aggregate]?.decider ?? [])[0];
  if (!decider) {
    const known = means.loaded.flatMap(({ aggregates }) => Object.keys(aggregates));
    throw new CommandFailed(
      `${stream} names no aggregate: expected <aggregate>/<key> or <service>/<read model>/<id>; the aggregates are ${known.join(", ")}`,
      exitCodes.usage,
    );
  }
  const fields = fieldsSet();
  let state: unknown = decider.initialState;
  let last: Meta | undefined;
  let events = 0;
  await eventsOf(
    means,
    { topics: [topicOf(contract, aggregate)], stream },
    ({ key }) => key === stream,
    isBefore,
    ({ event, meta }) => {
      state = decider.evolve[event.type]?.(state, event, meta) ?? state;
      fields.note(state, meta.eventId);
      last = meta;
      events++;
    },
  );
  const of = { of: stream, event_id: last?.eventId ?? null, time: last?.time ?? null, events };
  return { ...of, state: last ? withoutSecrets(state) : null, set_by: fields.setBy };
};

const documentAt = async (means: Means, of: string, projection: AnyProjection, id: string, isBefore: IsBefore): Promise<StateAt> => {
  const fields = fieldsSet();
  let document: StoredDocument | undefined;
  let last: Meta | undefined;
  let events = 0;
  const concerns = (record: LogRecord): boolean => {
    const type = typeOf(record) ?? "";
    if (!Object.hasOwn(projection.evolve, type) || (projection.of && !projection.of.includes(aggregateOf(record.key)))) return false;
    return Reflect.get(projection.key ?? {}, type) !== undefined || keyOf(record.key) === id;
  };
  await eventsOf(means, { topics: sourcesOf(projection, contract) }, concerns, isBefore, (delivered) => {
    if (!idsOf(projection, delivered.event, delivered.meta).includes(id)) return;
    const after = evolve(projection, id, document, delivered);
    if (!after || after === document) return;
    document = after;
    fields.note(after.value, delivered.meta.eventId);
    last = delivered.meta;
    events++;
  });
  const state = !document || document.deleted ? null : withoutSecrets(document.value);
  return { of, event_id: last?.eventId ?? null, time: last?.time ?? null, events, state, set_by: fields.setBy };
};
