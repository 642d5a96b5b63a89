import { aggregateOf, aggregatesOf, isRejection, type Log, type LogRecord, type Message, type StoredDocument } from "../../events/index.ts";
import { bucketOf, type Delivered, digestOf, fieldDigests, headerOf, typeOf } from "../../events/runtime.ts";
import { topicsFor } from "../chassis/operator/events.ts";
import { CommandFailed } from "../chassis/operator/failure.ts";
import type { Sample } from "../chassis/operator/model-fold.ts";
import { readRecords } from "../chassis/operator/reading.ts";
import type { AnyService } from "../chassis/service.ts";
import type { Build } from "./build.ts";

/** How often two builds give different results for some part of their tables. */
export type Compared = {
  readonly what: "read model" | "state" | "reaction" | "decision";
  readonly service: string;
  /** The read model, the aggregate, or the event that is reacted to. */
  readonly name: string;
  readonly compared: number;
  readonly differ: number;
  /** The first differences. */
  readonly examples: readonly Example[];
};
export type Example = {
  /** A document, a stream, an event that is reacted to, or the first event of a decision. */
  readonly id: string;
  /** The event with which the two began to differ. */
  readonly event: string;
  /** In this build and in the other one: fields that differ, or types of commands or events, or why there are none. */
  readonly here: string;
  readonly there: string;
};
export type WhatIf = {
  readonly events: number;
  readonly compared: readonly Compared[];
  /** Parts that only one of the builds has. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  /** Events that the other build cannot read, and this one can. */
  readonly unreadable: readonly string[];
  /** Decisions that the log does not tell again, by what made them. */
  readonly undecidable: { readonly [by: string]: number };
};

const EXAMPLES = 5;
/** Events that are kept, because something was decided on them. */
const MAX_CAUSES = 200_000;

type Tally = { what: Compared["what"]; service: string; name: string; compared: number; differ: number; examples: Example[] };

const tallies = () => {
  const all = new Map<string, Tally>();
  const of = (what: Compared["what"], service: string, name: string): Tally => {
    const key = `${what} ${service} ${name}`;
    const known = all.get(key) ?? { what, service, name, compared: 0, differ: 0, examples: [] };
    all.set(key, known);
    return known;
  };
  return {
    all: (): readonly Compared[] => [...all.values()],
    note: (what: Compared["what"], service: string, name: string, example: Example | undefined): void => {
      const tally = of(what, service, name);
      tally.compared++;
      if (!example) return;
      tally.differ++;
      if (tally.examples.length < EXAMPLES) tally.examples.push(example);
    },
  };
};

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  ) ?? "";

/** Names of fields whose values differ. Values are not told: they may be what nobody is to see. */
const fieldsThatDiffer = (one: unknown, other: unknown): string => {
  const [a, b] = [one, other].map((value) => fieldDigests({ value: Object(value) })) as [Fields, Fields];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => a[field] !== b[field])
    .toSorted()
    .join(", ");
};
type Fields = { readonly [field: string]: string };
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A document or a state in both builds. */
type Pair<T> = { here: T | undefined; there: T | undefined; stopped: { here?: string; there?: string }; event: string };

/**
 * Feeds the log through the tables of two builds, and tells where they differ: documents of read models, states of aggregates, the commands of
 * reactions, and decisions whose command follows from an event (reactions, timers), each on the state that the log had made by then. Writes nothing.
 */
export const whatIf = async (
  log: Log,
  here: Build,
  there: Build,
  {
    sample: { buckets, bucket },
    service: only,
    signal,
    progress = () => {},
  }: {
    readonly sample: Sample;
    readonly service?: string | undefined;
    readonly signal: AbortSignal;
    readonly progress?: (read: number, all: number) => void;
  },
): Promise<WhatIf> => {
  const wanted = ({ services }: Build): ReadonlyMap<string, AnyService> =>
    new Map(services.filter(({ name }) => only === undefined || name === only).map((service) => [service.name, service]));
  const [mine, theirs] = [wanted(here), wanted(there)];
  const named = (all: ReadonlyMap<string, AnyService>): ReadonlySet<string> =>
    new Set(
      [...all.values()].flatMap(({ name, projections = [], aggregates, reactions = {} }) => [
        ...projections.map((each) => `read model ${name}/${each.name}`),
        ...Object.keys(aggregates).map((each) => `aggregate ${name}/${each}`),
        ...Object.keys(reactions).map((each) => `reaction ${name}/${each}`),
      ]),
    );
  const [names, others] = [named(mine), named(theirs)];
  const tally = tallies();
  const unreadable: string[] = [];
  const undecidable: { [by: string]: number } = {};

  const causes = await causesIn(log, [...mine.values(), ...theirs.values()], signal);
  const models = modelPairs(here, there, mine, theirs, tally);
  const states = statePairs(here, there, mine, theirs);
  const versions = new Map<string, number>();
  const commits = new Map<string, Commit>();
  let events = 0;

  /** Decides a commit again, and compares. Returns why that cannot be. */
  const decided = ({ stream, first, records }: Commit): string | undefined => {
    const [record] = records;
    if (!record) return undefined;
    const by = headerOf(record, "ce_row") ?? "";
    const owner = [...theirs.values()].find(({ aggregates }) => Object.hasOwn(aggregates, aggregateOf(stream)));
    if (!owner) return undefined;
    const causationId = headerOf(record, "ce_causationid");
    if (causationId === undefined) return by === "signal" || by === "seed" ? `${by}s` : "requests";
    if (by === "effect") return "outcomes of effects";
    const cause = causes.get(causationId);
    if (!cause) return "events whose cause is not at hand";
    const found = there.decode(cause, there.codec);
    if (found instanceof Error) return "events whose cause the other build cannot read";
    const { event, meta } = found;
    const row = by === "timer" ? owner.aggregates[aggregateOf(cause.key)]?.timers?.[event.type] : owner.reactions?.[event.type];
    const real = records.map((each) => there.decode(each, there.codec)).flatMap((each) => (each instanceof Error ? [] : [each.event]));
    const told = real.map(({ type }) => type).join(", ");
    const noted = (answer?: string): undefined => {
      const example = answer === undefined ? undefined : { id: `${stream}@${first}`, event: causationId, here: told, there: answer };
      tally.note("decision", owner.name, by === "timer" ? `timer of ${event.type}` : event.type, example);
    };
    const decider = owner.aggregates[aggregateOf(stream)]?.decider;
    try {
      const commands = there
        .commandsOf(row, event, meta)
        .filter(
          (command) =>
            decider && command.type in decider.decide && Reflect.get(command, decider.key) === stream.slice(stream.indexOf("/") + 1),
        );
      if (!decider || commands.length === 0) return noted("no command");
      const answers = commands.map((command) => decider.decide[command.type]?.(command, states.before(stream)) ?? []);
      const normal = (message: Message): string => {
        const { schemaId, bytes } = there.codec.encode(aggregateOf(stream), message);
        return canonical(there.codec.decode(schemaId, bytes));
      };
      const isSame = (answer: (typeof answers)[number]): boolean =>
        !isRejection(answer) &&
        answer.length === real.length &&
        answer.every((each: Message, index: number) => normal(each) === canonical(real[index]));
      if (answers.some(isSame)) return noted();
      const [answer] = answers;
      if (answer === undefined) return undefined;
      if (isRejection(answer)) return noted(`rejected: ${answer.rejected}`);
      const types = answer.map(({ type }: Message) => type).join(", ");
      const fields = answer.flatMap((each: Message, index: number) => (real[index] ? fieldsThatDiffer(each, real[index]) : []));
      return noted(types === told ? `${types} with other ${fields.join(", ")}` : types || "nothing to do");
    } catch (error) {
      return noted(`threw: ${messageOf(error)}`);
    }
  };

  const finish = (commit: Commit): void => {
    const reason = decided(commit);
    if (reason !== undefined) undecidable[reason] = (undecidable[reason] ?? 0) + 1;
    for (const record of commit.records) states.take(record);
    commits.delete(commit.stream);
  };

  const take = (record: LogRecord): void => {
    const { key: stream } = record;
    const version = Number(headerOf(record, "ce_sequence") ?? 0);
    if (bucketOf(stream, buckets) !== bucket || version !== (versions.get(stream) ?? 0) + 1) return;
    versions.set(stream, version);
    events++;
    const [one, other] = [here.decode(record, here.codec), there.decode(record, there.codec)];
    if (other instanceof Error || one instanceof Error) {
      if (!(one instanceof Error) && unreadable.length < EXAMPLES) unreadable.push(`${stream}@${version}: ${messageOf(other)}`);
      return;
    }
    models.take(one, other);
    compareReactions(here, there, mine, theirs, tally, one, other);
    const commit = commits.get(stream);
    const mark = `${headerOf(record, "ce_commit") ?? ""} ${headerOf(record, "ce_causationid") ?? ""} ${headerOf(record, "ce_row")} ${headerOf(record, "ce_time")}`;
    if (commit && commit.mark !== mark) finish(commit);
    const open = commits.get(stream) ?? { stream, first: version, mark, records: [] };
    open.records.push(record);
    commits.set(stream, open);
  };
  if (!(await readRecords(log, { topics: topicsFor({}) }, signal, take, progress))) throw new CommandFailed("interrupted");
  for (const commit of [...commits.values()]) finish(commit);
  models.finish();
  states.finish(tally);
  return {
    events,
    compared: tally.all(),
    onlyHere: [...names].filter((name) => !others.has(name)),
    onlyThere: [...others].filter((name) => !names.has(name)),
    unreadable,
    undecidable,
  };
};
type Commit = { readonly stream: string; readonly first: number; readonly mark: string; readonly records: LogRecord[] };
type Tallies = ReturnType<typeof tallies>;

/** The events that somebody may react to, or set a timer for. */
const causesIn = async (log: Log, services: readonly AnyService[], signal: AbortSignal): Promise<ReadonlyMap<string, LogRecord>> => {
  const types = new Set(
    services.flatMap(({ reactions = {}, aggregates }) => [
      ...Object.keys(reactions),
      ...Object.values(aggregates).flatMap(({ timers = {} }) => Object.keys(timers)),
    ]),
  );
  const causes = new Map<string, LogRecord>();
  const finished = await readRecords(log, { topics: topicsFor({}) }, signal, (record) => {
    if (!types.has(typeOf(record) ?? "")) return;
    const id = headerOf(record, "ce_id") ?? "";
    if (causes.size >= MAX_CAUSES) causes.delete(causes.keys().next().value ?? "");
    if (!causes.has(id)) causes.set(id, record);
  });
  if (!finished) throw new CommandFailed("interrupted");
  return causes;
};

const compareReactions = (
  here: Build,
  there: Build,
  mine: ReadonlyMap<string, AnyService>,
  theirs: ReadonlyMap<string, AnyService>,
  tally: Tallies,
  one: Delivered,
  other: Delivered,
): void => {
  const { type } = one.event;
  const commands = ({ commandsOf }: Build, { reactions = {} }: AnyService, { event, meta }: Delivered): readonly Message[] | string => {
    try {
      return commandsOf(reactions[type], event, meta);
    } catch (error) {
      return `threw: ${messageOf(error)}`;
    }
  };
  const told = (found: readonly Message[] | string): string =>
    typeof found === "string" ? found : found.map((command) => command.type).join(", ") || "no command";
  for (const [name, service] of mine) {
    const counterpart = theirs.get(name);
    if (!counterpart || !(service.reactions?.[type] || counterpart.reactions?.[type])) continue;
    const [a, b] = [commands(here, service, one), commands(there, counterpart, other)];
    const isSame = canonical(a) === canonical(b);
    const fields =
      told(a) === told(b) && typeof a !== "string" && typeof b !== "string" ? a.map((each, at) => fieldsThatDiffer(each, b[at])) : [];
    const changed = fields.length > 0 ? ` with other ${fields.filter(Boolean).join(", ")}` : "";
    const { eventId } = one.meta;
    tally.note("reaction", name, type, isSame ? undefined : { id: eventId, event: eventId, here: told(a), there: `${told(b)}${changed}` });
  }
};

/** Documents of the read models that both builds have. */
const modelPairs = (
  here: Build,
  there: Build,
  mine: ReadonlyMap<string, AnyService>,
  theirs: ReadonlyMap<string, AnyService>,
  tally: Tallies,
) => {
  const models = [...mine].flatMap(([service, { projections = [] }]) =>
    projections.flatMap((one) => {
      const other = theirs.get(service)?.projections?.find(({ name }) => name === one.name);
      if (!other) return [];
      const read = ({ contract }: Build, { evolve: rows, of }: typeof one) =>
        new Set(Object.keys(rows).flatMap((type) => aggregatesOf(contract, [type], of).map((aggregate) => `${aggregate}/${type}`)));
      const pairs = new Map<string, Pair<StoredDocument>>();
      return [{ service, one, other, reads: { here: read(here, one), there: read(there, other) }, pairs }];
    }),
  );
  type Model = (typeof models)[number];
  const fold = (side: "here" | "there", build: Build, model: Model, delivered: Delivered, changed: Set<string>): void => {
    const projection = side === "here" ? model.one : model.other;
    const { stream, eventId } = delivered.meta;
    if (!model.reads[side].has(`${aggregateOf(stream)}/${delivered.event.type}`)) return;
    try {
      for (const id of build.idsOf(projection, delivered.event, delivered.meta)) {
        const pair = model.pairs.get(id) ?? { here: undefined, there: undefined, stopped: {}, event: "" };
        model.pairs.set(id, pair);
        if (pair.stopped[side] !== undefined) continue;
        changed.add(id);
        try {
          pair[side] = build.evolve(projection, id, pair[side], delivered);
        } catch (error) {
          pair.stopped[side] = `parked at ${eventId}: ${messageOf(error)}`;
        }
      }
    } catch {
      // Its key throws in this build: the other one has a document without a counterpart.
    }
  };
  const isEqual = ({ here: a, there: b, stopped }: Pair<StoredDocument>): boolean =>
    stopped.here === stopped.there && (a && digestOf(a)) === (b && digestOf(b));
  return {
    take: (one: Delivered, other: Delivered): void => {
      for (const model of models) {
        const changed = new Set<string>();
        fold("here", here, model, one, changed);
        fold("there", there, model, other, changed);
        for (const id of changed) {
          const pair = model.pairs.get(id);
          if (pair && pair.event === "" && !isEqual(pair)) pair.event = one.meta.eventId;
          else if (pair && pair.event !== "" && isEqual(pair)) pair.event = "";
        }
      }
    },
    finish: (): void => {
      const told = (document: StoredDocument | undefined, stopped: string | undefined, fields: string): string =>
        stopped ?? (!document ? "no document" : document.deleted ? "deleted" : fields || `version ${document.version}`);
      for (const { service, one, pairs } of models)
        for (const [id, pair] of pairs) {
          const both = pair.here && pair.there && !pair.here.deleted && !pair.there.deleted;
          const fields = both ? fieldsThatDiffer(pair.here?.value, pair.there?.value) : "";
          const example = {
            ...{ id, event: pair.event },
            here: told(pair.here, pair.stopped.here, fields),
            there: told(pair.there, pair.stopped.there, fields),
          };
          tally.note("read model", service, one.name, isEqual(pair) ? undefined : example);
        }
    },
  };
};

/** States of the aggregates that both builds have. */
const statePairs = (here: Build, there: Build, mine: ReadonlyMap<string, AnyService>, theirs: ReadonlyMap<string, AnyService>) => {
  const pairs = new Map<string, Pair<unknown> & { readonly service: string }>();
  const deciderOf = (all: ReadonlyMap<string, AnyService>, aggregate: string) => {
    for (const { name, aggregates } of all.values()) {
      const found = Object.hasOwn(aggregates, aggregate) ? aggregates[aggregate] : undefined;
      if (found) return { service: name, decider: found.decider };
    }
    return undefined;
  };
  const begin = (stream: string) => {
    const [one, other] = [deciderOf(mine, aggregateOf(stream)), deciderOf(theirs, aggregateOf(stream))];
    const known = pairs.get(stream);
    if (known || !one || !other) return known;
    const pair = { service: one.service, here: one.decider.initialState, there: other.decider.initialState, stopped: {}, event: "" };
    pairs.set(stream, pair);
    return pair;
  };
  const fold = (side: "here" | "there", build: Build, pair: Pair<unknown>, record: LogRecord): void => {
    const delivered = build.decode(record, build.codec);
    const { decider } = deciderOf(side === "here" ? mine : theirs, aggregateOf(record.key)) ?? {};
    if (delivered instanceof Error || !decider || pair.stopped[side] !== undefined) return;
    const { event, meta } = delivered;
    try {
      pair[side] = decider.evolve[event.type]?.(pair[side], event, meta) ?? pair[side];
    } catch (error) {
      pair.stopped[side] = `threw at ${meta.eventId}: ${messageOf(error)}`;
    }
  };
  const isEqual = ({ here: a, there: b, stopped }: Pair<unknown>): boolean =>
    stopped.here === stopped.there && canonical(a) === canonical(b);
  return {
    /** The state of a stream in the other build, before the events that are not taken yet. */
    before: (stream: string): unknown => begin(stream)?.there ?? deciderOf(theirs, aggregateOf(stream))?.decider.initialState,
    take: (record: LogRecord): void => {
      const pair = begin(record.key);
      if (!pair) return;
      fold("here", here, pair, record);
      fold("there", there, pair, record);
      if (pair.event === "" && !isEqual(pair)) pair.event = headerOf(record, "ce_id") ?? "";
      else if (pair.event !== "" && isEqual(pair)) pair.event = "";
    },
    finish: (tally: Tallies): void => {
      for (const [stream, pair] of pairs) {
        const fields = fieldsThatDiffer(pair.here, pair.there);
        const example = { id: stream, event: pair.event, here: pair.stopped.here ?? fields, there: pair.stopped.there ?? fields };
        tally.note("state", pair.service, aggregateOf(stream), isEqual(pair) ? undefined : example);
      }
    },
  };
};
