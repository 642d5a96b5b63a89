import { type Actor, aggregateOf, type Meta, type ParkedStream, type StreamPosition, type Timer } from "../../../events/index.ts";
import { type CausationNode, causation, type Occurrence } from "../../../events/map/index.ts";
import type { OpenReaction, Touched } from "../../../events/runtime.ts";
import type { Command, CommandEvent, CommandPending, CommandReadModel, CommandRefusal } from "../../../schemas/generated/http.ts";
import { ownedBy } from "../access/ownership.ts";
import type { Owner } from "./owners.ts";

/** An event as a service reports it; without its bytes if the report would be too large. */
export type EventReport = { readonly meta: Meta; readonly type: string; readonly schemaId: number; readonly bytes?: string };
export type CommitReport = {
  readonly stream: string;
  readonly time: string;
  readonly actor: Actor;
  /** Whose the stream is; null where no read model says. */
  readonly owner: Owner | null;
  readonly causationId: string | null;
  readonly row: string;
  readonly rejected: string | null;
  readonly publish: boolean;
  readonly effects: readonly number[];
  readonly timers: readonly Timer[];
  readonly events: readonly EventReport[];
};
/** The commits of one service that a request caused. `more`: there are more than it reports. */
export type CausedReport = {
  readonly service: string;
  readonly reactsTo: readonly string[];
  /** What its read models fold: `cluster/ClusterStopped`. */
  readonly reads: readonly string[];
  readonly more: boolean;
  readonly commits: readonly CommitReport[];
};
/** What is still open in one service for some events of any service. */
export type ProgressReport = {
  readonly service: string;
  readonly reactions: readonly OpenReaction[];
  readonly readModels: readonly Touched[];
  readonly parked: readonly Pick<ParkedStream, "subscription" | "stream" | "eventId" | "row" | "reason" | "attempts">[];
};

/** Sends requests to the services of a platform. */
export type ServicesClient = {
  readonly services: () => Promise<readonly string[]>;
  /** The answer of some instance of a service; undefined if no instance answers. */
  readonly request: (service: string, path: string, body?: object) => Promise<unknown>;
};

/** The position that an event id names; undefined for an id of another kind, which has no `@`. */
export const positionIn = (id: string): StreamPosition | undefined => {
  const [, stream = "", version = ""] = /^([^@]+\/[^@]+)@([1-9]\d{0,14})$/.exec(id) ?? [];
  return stream === "" ? undefined : { stream, version: Number(version) };
};

/** Base64 of the events that are sent only to learn which read models show them. */
const MAX_SENT = 4 * 1024 * 1024;

/**
 * The tree of events that a request or an action caused, or the request that an event goes back to, and what is still open, from the reports of
 * all services. `sees` says whose commits may be shown; the answer is `hidden` if all of them, or the event that was asked for, are of others. A
 * commit is of the owner of its stream; without one, of whom the commit is that it goes back to, and in the end of the actor.
 */
export const queryCausation = async (
  { services, request: ask }: ServicesClient,
  id: string,
  sees: (owner: Owner) => boolean,
): Promise<Command | "unknown" | "hidden"> => {
  const names = [...(await services())].sort();
  const answers = await Promise.all(
    names.map(async (name) => {
      const report = await ask(name, `/internal/caused/${encodeURIComponent(id)}`);
      return { name, report: report as CausedReport | undefined }; // All services are of one release; so below.
    }),
  );
  const silent = new Set(answers.filter(({ report }) => report === undefined).map(({ name }) => name));
  const all = answers.flatMap(({ report }) => report ?? []);
  if (positionIn(id)) {
    const request = all.flatMap(({ commits }) => commits)[0]?.events[0]?.meta.correlationId;
    if (!request) return "unknown";
    const found = await queryCausation({ services, request: ask }, request, sees);
    return typeof found === "object" && !found.root?.some(holds(id)) ? "hidden" : found;
  }
  const ownerOf = ownersIn(all.flatMap(({ commits }) => commits));
  const reports = all.map((report) => ({ ...report, commits: report.commits.filter((commit) => sees(ownerOf(commit))) }));
  if (reports.every(({ commits }) => commits.length === 0)) return all.some(({ commits }) => commits.length > 0) ? "hidden" : "unknown";

  const events = reports.flatMap(({ commits }) => commits.flatMap((commit) => commit.events));
  const progress = await Promise.all(
    reports.map(async ({ service, reactsTo, reads }) => {
      let left = MAX_SENT;
      const isWanted = ({ type, meta }: EventReport, size: number): boolean => {
        if (reactsTo.includes(type)) return true;
        if (!reads.includes(`${aggregateOf(meta.stream)}/${type}`)) return false;
        left -= size;
        return left >= 0;
      };
      const concerning = events.map(({ bytes, ...event }) =>
        bytes !== undefined && isWanted(event, bytes.length) ? { ...event, bytes } : event,
      );
      const report = (await ask(service, "/internal/caused/progress", { events: concerning })) as ProgressReport | undefined;
      if (report === undefined) silent.add(service);
      return report ? [report] : [];
    }),
  );
  const tree = causation(reports.flatMap(occurrencesOf), Number.POSITIVE_INFINITY);
  const pending = [...reports.flatMap(dueIn), ...progress.flat().flatMap(openIn(events))];
  const incomplete = all.filter(({ more }) => more).map(({ service }) => service);
  return {
    id,
    actor: reports.flatMap(({ commits }) => commits)[0]?.actor.userId ?? "",
    finished: silent.size === 0 && incomplete.length === 0 && pending.every(({ kind }) => kind === "timer"),
    ...(tree.events > 0 && { began: tree.began, took_milliseconds: tree.took }),
    event_count: tree.events,
    service: tree.services,
    root: tree.roots.flatMap(shown),
    pending,
    read_model: progress.flat().flatMap(modelsIn),
    refusal: reports.flatMap(rejectionsIn),
    unknown: [...silent].sort(),
    incomplete,
  };
};

const holds =
  (eventId: string) =>
  ({ event_id, effect = [] }: CommandEvent): boolean =>
    event_id === eventId || effect.some(holds(eventId));

const ownersIn = (commits: readonly CommitReport[]) => {
  const byEvent = new Map(commits.flatMap((commit) => commit.events.map(({ meta }) => [meta.eventId, commit] as const)));
  const ownerOf = ({ owner, causationId, actor: { userId, ownerPath } }: CommitReport): Owner => {
    const cause = byEvent.get(causationId ?? "");
    return owner ?? (cause ? ownerOf(cause) : ownedBy({ owner: userId, ownerPath }));
  };
  return ownerOf;
};

const occurrencesOf = ({ service, commits }: CausedReport): readonly Occurrence[] =>
  commits.flatMap(({ row, events }) => events.map(({ type, meta: { actor: _, ...meta } }) => ({ ...meta, type, service, row })));

const shown = ({ type, service, row, because, occurrences, effects }: CausationNode): readonly CommandEvent[] =>
  occurrences.map(({ eventId, stream, version, time, causationId, actionId }) => ({
    ...{ event_id: eventId, type, service, stream, version, because, row, time },
    ...(causationId !== null && { causation_id: causationId }),
    ...(actionId !== null && { action_id: actionId }),
    effect: effects.flatMap(shown),
  }));

const dueIn = ({ service, commits }: CausedReport): readonly CommandPending[] =>
  commits.flatMap(({ stream, publish, effects, timers, events }) => {
    const about = (version: number) => {
      const event = events.find(({ meta }) => meta.version === version);
      return { service, event_id: `${stream}@${version}`, stream, row: event?.type ?? "" };
    };
    return [
      ...(publish ? events.map(({ meta }) => ({ kind: "publication" as const, ...about(meta.version) })) : []),
      ...effects.map((version) => ({ kind: "effect" as const, ...about(version) })),
      ...timers.map(({ version, at }) => ({ kind: "timer" as const, ...about(version), due_time: new Date(at).toISOString() })),
    ];
  });

const openIn =
  (events: readonly EventReport[]) =>
  ({ service, reactions, parked }: ProgressReport): readonly CommandPending[] => [
    ...reactions.map(({ eventId, row, commands, reason }) => ({
      ...{ kind: "reaction" as const, service, event_id: eventId, row, command: commands },
      stream: events.find(({ meta }) => meta.eventId === eventId)?.meta.stream ?? "",
      ...(reason !== undefined && { reason }),
    })),
    ...parked.map(({ subscription, stream, eventId, row, reason, attempts }) => ({
      ...{ kind: "parked" as const, service, event_id: eventId, stream, row, subscription, reason, attempts },
    })),
  ];

const modelsIn = ({ service, readModels }: ProgressReport): readonly CommandReadModel[] =>
  [...new Set(readModels.map(({ model }) => model))].sort().map((model) => {
    const touched = readModels.filter((each) => each.model === model);
    const open = touched.filter(({ shown }) => !shown).map(({ eventId }) => eventId);
    return { service, model, document: [...new Set(touched.flatMap(({ documents }) => documents))], open };
  });

const rejectionsIn = ({ service, commits }: CausedReport): readonly CommandRefusal[] =>
  commits.flatMap(({ stream, row, time, rejected, causationId }) =>
    rejected === null ? [] : [{ service, stream, row, time, reason: rejected, ...(causationId !== null && { causation_id: causationId }) }],
  );
