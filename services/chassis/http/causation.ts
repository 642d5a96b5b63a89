import type { Actor, Meta, ParkedStream, Timer } from "../../../events/index.ts";
import { type CausationNode, causation, type Occurrence } from "../../../events/map/index.ts";
import type { OpenReaction } from "../../../events/runtime.ts";
import type { Command, CommandEvent, CommandPending, CommandRefusal } from "../../../schemas/generated/http.ts";

export type ReportedEvent = { readonly meta: Meta; readonly type: string; readonly schemaId: number; readonly bytes?: string };
export type ReportedCommit = {
  readonly stream: string;
  readonly time: string;
  readonly actor: Actor;
  readonly causationId: string | null;
  readonly row: string;
  readonly rejected: string | null;
  readonly publish: boolean;
  readonly effects: readonly number[];
  readonly timers: readonly Timer[];
  readonly events: readonly ReportedEvent[];
};
/** What a service has committed because of a request. */
export type ReportedPart = {
  readonly service: string;
  readonly reactsTo: readonly string[];
  readonly more: boolean;
  readonly commits: readonly ReportedCommit[];
};
/** How far a service is with events of any service. */
export type ReportedProgress = {
  readonly service: string;
  readonly reactions: readonly OpenReaction[];
  readonly parked: readonly Pick<ParkedStream, "subscription" | "stream" | "eventId" | "row" | "reason" | "attempts">[];
};

/** How the services of a platform are asked. */
export type Asking = {
  readonly services: () => Promise<readonly string[]>;
  /** What some instance of the service answers; undefined where none does. */
  readonly ask: (service: string, path: string, body?: object) => Promise<unknown>;
};

/**
 * Puts together what every service tells of a request or an action. `sees` says whose doings may be shown; `hidden`: there is something, but
 * nothing of that.
 */
export const gather = async (
  { services, ask }: Asking,
  id: string,
  sees: (actor: Actor) => boolean,
): Promise<Command | "unknown" | "hidden"> => {
  const names = [...(await services())].sort();
  const asked = await Promise.all(
    names.map(async (name) => ({
      name,
      part: (await ask(name, `/internal/caused/${encodeURIComponent(id)}`)) as ReportedPart | undefined,
    })), // Services of one release speak to each other.
  );
  const silent = new Set(asked.filter(({ part }) => part === undefined).map(({ name }) => name));
  const all = asked.flatMap(({ part }) => part ?? []);
  const parts = all.map((part) => ({ ...part, commits: part.commits.filter(({ actor }) => sees(actor)) }));
  if (parts.every(({ commits }) => commits.length === 0)) return all.some(({ commits }) => commits.length > 0) ? "hidden" : "unknown";

  const events = parts.flatMap(({ commits }) => commits.flatMap((commit) => commit.events));
  const progress = await Promise.all(
    parts.map(async ({ service, reactsTo }) => {
      const concerning = events.map(({ bytes, ...event }) =>
        bytes !== undefined && reactsTo.includes(event.type) ? { ...event, bytes } : event,
      );
      const reported = (await ask(service, "/internal/caused/progress", { events: concerning })) as ReportedProgress | undefined; // The service answers in this shape.
      if (reported === undefined) silent.add(service);
      return reported ? [reported] : [];
    }),
  );
  const tree = causation(parts.flatMap(occurrencesOf), Number.POSITIVE_INFINITY);
  const pending = [...parts.flatMap(dueIn), ...progress.flat().flatMap(openIn(events))];
  const incomplete = all.filter(({ more }) => more).map(({ service }) => service);
  return {
    id,
    finished: silent.size === 0 && incomplete.length === 0 && pending.every(({ kind }) => kind === "timer"),
    ...(tree.events > 0 && { began: tree.began, took_milliseconds: tree.took }),
    event_count: tree.events,
    service: tree.services,
    root: tree.roots.flatMap(shown),
    pending,
    refusal: parts.flatMap(rejectionsIn),
    unknown: [...silent].sort(),
    incomplete,
  };
};

const occurrencesOf = ({ service, commits }: ReportedPart): readonly Occurrence[] =>
  commits.flatMap(({ row, events }) => events.map(({ type, meta: { actor: _, ...meta } }) => ({ ...meta, type, service, row })));

const shown = ({ type, service, row, because, occurrences, effects }: CausationNode): readonly CommandEvent[] =>
  occurrences.map(({ eventId, stream, version, time, causationId, actionId }) => ({
    ...{ event_id: eventId, type, service, stream, version, because, row, time },
    ...(causationId !== null && { causation_id: causationId }),
    ...(actionId !== null && { action_id: actionId }),
    effect: effects.flatMap(shown),
  }));

const dueIn = ({ service, commits }: ReportedPart): readonly CommandPending[] =>
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
  (events: readonly ReportedEvent[]) =>
  ({ service, reactions, parked }: ReportedProgress): readonly CommandPending[] => [
    ...reactions.map(({ eventId, row, commands, reason }) => ({
      ...{ kind: "reaction" as const, service, event_id: eventId, row, command: commands },
      stream: events.find(({ meta }) => meta.eventId === eventId)?.meta.stream ?? "",
      ...(reason !== undefined && { reason }),
    })),
    ...parked.map(({ subscription, stream, eventId, row, reason, attempts }) => ({
      ...{ kind: "parked" as const, service, event_id: eventId, stream, row, subscription, reason, attempts },
    })),
  ];

const rejectionsIn = ({ service, commits }: ReportedPart): readonly CommandRefusal[] =>
  commits.flatMap(({ stream, row, time, rejected, causationId }) =>
    rejected === null ? [] : [{ service, stream, row, time, reason: rejected, ...(causationId !== null && { causation_id: causationId }) }],
  );
