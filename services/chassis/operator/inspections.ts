import type { AnyService, Log } from "../../../events/index.ts";
import { aggregateOf, topicOf } from "../../../events/index.ts";
import { sourcesOf } from "../../../events/runtime.ts";
import type { EventResult, Inspection, Operations } from "../../../schemas/generated/http.ts";
import { contract } from "../contract.ts";
import type { ServicesClient } from "../http/causation-query.ts";
import { documentModel, type StateAt, stateAt } from "./at.ts";
import { type Audited, merged, runAudit } from "./audit-run.ts";
import { eventResult } from "./event-result.ts";
import { readEvents, topicsOf } from "./events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { type LiveMap, liveMap, mergedMaps } from "./live-map.ts";
import { sorted } from "./order.ts";
import { type TopicState, topicStates } from "./topics.ts";
import type { Progress } from "./works.ts";

export type Asked = Operations["CreateInspection"]["request"];
export type Kind = Inspection["inspection"];

/** What an inspection has to work with. */
export type Means = {
  readonly log: Log;
  /** The services whose topics and read models are looked at, and all of the platform, whose tables say what is whose. */
  readonly own: readonly AnyService[];
  readonly all: readonly AnyService[];
  /** Those that run. */
  readonly platform: ServicesClient;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Records whose streams an audit folds in memory at a time. */
  readonly most?: number;
};
/** Something that an operator looks at, which may take long. It reads, and changes nothing. */
type Row<Result> = {
  /** The services that look, each at what is its own. Throws what is wrong with the question. */
  readonly services: (asked: Asked, all: readonly AnyService[]) => readonly string[];
  readonly run: (means: Means, asked: Asked) => Promise<Result>;
  /** One result of those of several services. */
  readonly merge: (results: readonly Result[]) => Result;
};

const everybody = ({ service }: Asked, all: readonly AnyService[]): readonly string[] => {
  const names = all.map(({ name }) => name);
  if (service !== undefined && !names.includes(service))
    throw new CommandFailed(`there is no service ${service}; there are ${names.join(", ")}`, exitCodes.notFound);
  return service === undefined ? names : [service];
};

const ownerOf = (stream: string, all: readonly AnyService[]): AnyService => {
  const owner = all.find(({ aggregates }) => aggregates[aggregateOf(stream)]);
  if (owner) return owner;
  const known = all.flatMap(({ aggregates }) => Object.keys(aggregates));
  throw new CommandFailed(`${stream} names no aggregate: the aggregates are ${known.join(", ")}`, exitCodes.usage);
};

/** The topics of internal aggregates: hashes of passwords and of client secrets, and the like, which only their own service reads. */
const internalTopics = (all: readonly AnyService[]): ReadonlySet<string> =>
  new Set(
    all.flatMap(({ aggregates }) =>
      Object.entries(aggregates).flatMap(([name, { internal }]) => (internal ? [topicOf(contract, name)] : [])),
    ),
  );

/** Findings on the log that are told. */
const FINDINGS = 1_000;

/** The service, unless what it is asked for comes from an internal topic. */
const shownOwner = (topics: readonly string[], owner: string, all: readonly AnyService[]): string => {
  const internal = topics.find((topic) => internalTopics(all).has(topic));
  if (internal === undefined) return owner;
  throw new CommandFailed(`${internal} is internal to ${owner}, and is not shown`, exitCodes.denied);
};

const audit: Row<Audited> = {
  services: (asked, all) => (asked.stream === undefined ? everybody(asked, all) : [ownerOf(asked.stream, all).name]),
  run: async ({ own, ...means }, { stream, sample, log_only: logOnly }) => {
    const options = {
      ...(stream !== undefined && { stream }),
      ...(sample !== undefined && { sample }),
      ...(logOnly !== undefined && { logOnly }),
    };
    const found = await runAudit({ ...means, loaded: own }, options, means.most);
    return { ...found, findings: found.findings.slice(0, FINDINGS) };
  },
  merge: (results) => {
    const all = results.reduce(merged);
    const models = results.reduce((sum, { read_models }) => sum + (read_models?.models ?? 0), 0);
    return { ...all, ...(all.read_models && { read_models: { ...all.read_models, models } }) };
  },
};

const at: Row<StateAt> = {
  services: ({ what = "" }, all) => {
    const [service = "", model = "", ...id] = what.split("/");
    const topics = id.length > 0 ? sourcesOf(documentModel(all, service, model), contract) : [topicOf(contract, aggregateOf(what))];
    return [shownOwner(topics, id.length > 0 ? service : ownerOf(what, all).name, all)];
  },
  run: ({ all: loaded, ...means }, { when = "now", what = "" }) => stateAt({ ...means, loaded }, when, what),
  merge: ([first]) => first as StateAt, // Of one service.
};

const map: Row<LiveMap> = {
  services: everybody,
  run: ({ log, own, all, signal, now, progress }, { seconds = null }) => liveMap({ log, own, all, signal, progress }, seconds, now),
  merge: mergedMaps,
};

const topics: Row<readonly TopicState[]> = {
  services: everybody,
  run: ({ log, own, all }) => topicStates(log, own, all),
  merge: (results) => results.flat(),
};

/** Newest events of each service that are listed if nobody says how many. */
const EVENTS = 100;

const events: Row<readonly EventResult[]> = {
  services: (asked, all) => {
    const { stream } = asked;
    return stream === undefined
      ? everybody(asked, all)
      : [shownOwner([topicOf(contract, aggregateOf(stream))], ownerOf(stream, all).name, all)];
  },
  run: async ({ log, own, all, signal }, { type, stream, correlation, seconds, limit = EVENTS }) => {
    const internal = internalTopics(all);
    const among = [...topicsOf(own).mine].filter((topic) => !internal.has(topic));
    const found: EventResult[] = [];
    await readEvents(
      log,
      { among, type, stream, correlation, since: seconds === undefined ? undefined : `${seconds}s` },
      signal,
      (event) => {
        found.push(eventResult(event));
        if (found.length > limit) found.shift();
      },
    );
    return found;
  },
  merge: (results) =>
    sorted(
      results.flat(),
      ({ time }) => time,
      ({ stream }) => stream,
      ({ version = 0 }) => version,
    ),
};

/** What each inspection finds. */
export type Results = {
  readonly audit: Audited;
  readonly at: StateAt;
  readonly map: LiveMap;
  readonly topics: readonly TopicState[];
  readonly events: readonly EventResult[];
};
const rows: { readonly [K in Kind]: Row<Results[K]> } = { audit, at, map, topics, events };

/** What operators look at, by the name of the command and of the resource. */
export const inspectionOf = (kind: Kind): Row<object> => rows[kind] as unknown as Row<object>; // A row merges its own results only.
