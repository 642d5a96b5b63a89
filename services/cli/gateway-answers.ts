import type { Inspection, ParkedStream, Platform as PlatformAnswer, ReadModel, ReadModelRebuild } from "../../schemas/generated/http.ts";
import type { PlatformStatus } from "../chassis/http/platform-status.ts";
import type { Kind, Results } from "../chassis/operator/inspections.ts";
import type { Located, ParkedSummary } from "./operator.ts";

// What the gateway answers, as the services tell it: with the nulls and the empty lists that answers leave out.

/** What was found, with the nulls and the empty lists that answers leave out. */
export const heard: { readonly [K in Kind]: (found: Inspection) => Results[K] } = {
  audit: ({ audit = { records: 0, streams: 0, repeats: 0 } }) => {
    const { findings = [], read_models, ...sums } = audit;
    const models = read_models && {
      ...read_models,
      findings: read_models.findings?.map((each) => ({ ...each, ...differenceIn(each) })) ?? [],
    };
    return { ...sums, findings: findings as Results["audit"]["findings"], ...(models && { read_models: models }) }; // Of the kinds that the contract lists.
  },
  at: ({ at = { of: "", events: 0 } }) => ({ ...{ event_id: null, time: null, state: null, set_by: {} }, ...at }),
  map: ({ map: { rows = [], seconds = null, ...sums } = { events: 0, left: 0 } }) => ({
    ...{ ...sums, seconds },
    rows: rows.map(({ median = null, slowest = null, ...row }) => ({ ...row, median, slowest })),
  }),
  events: ({ events = [] }) => events,
  topics: ({ topics = [] }) => topics.map(({ read = [], ...topic }) => ({ ...topic, read })),
};

type Differing = {
  readonly versions?: readonly unknown[];
  readonly fields?: readonly { readonly field: string; readonly event?: string }[];
};
const differenceIn = ({ versions = [], fields = [] }: Differing) => ({
  versions: [versionIn(versions[0]), versionIn(versions[1])] as const,
  fields: fields.map(({ field, event = null }) => ({ field, event })),
});
const versionIn = (value: unknown): number | null => (typeof value === "number" ? value : null);

export const parkedIn = ({ event_id: eventId, asked, origin = "", ...stream }: ParkedStream): ParkedSummary => {
  const [action = "", by = ""] = asked?.split(" by ") ?? [];
  return { ...stream, eventId, origin, asked: asked === undefined ? null : { action, by } };
};

export const modelIn = (answer: ReadModel): Located => {
  const { active = null, next = null, fold = 0, compared = 0, collection: collections = [], ...model } = answer;
  const feeds = collections.map(({ collection, fold: version, read = null, end, until, rebuild }) => ({
    ...{ collection, fold: version, read, end, until: until === undefined ? null : Date.parse(until) },
    ...(rebuild && {
      rebuild: { ends: [], rate: rebuild.auto_rate ? ("auto" as const) : (rebuild.rate ?? null), verdict: verdictIn(rebuild) },
    }),
  }));
  return { ...model, active, next, fold, compared, feeds, dropped: [] };
};

const verdictIn = ({ verdict }: ReadModelRebuild) => {
  if (!verdict) return null;
  const { time, first = [], ...rest } = verdict;
  const differences = first.map(({ wrong = [], ...each }) => ({ ...each, ...differenceIn(each), wrong }));
  return { ...rest, at: Date.parse(time), first: differences };
};

export const statusIn = ({ problem = [], service: services = [] }: PlatformAnswer): PlatformStatus => ({
  problems: problem,
  services: services.map(({ service, instance = [], subscription = [], due, lease = [], rebuild = [] }) => ({
    service,
    instances: instance.map(({ instance: id, url = "", since = "", state, reason = [], open_breaker = [] }) => ({
      ...{
        service,
        instance: id,
        url,
        since,
        state,
        reasons: reason,
        breakers: open_breaker.map((name) => ({ name, state: "open" as const })),
      },
    })),
    subscriptions: subscription.map((each) => ({
      ...{ name: each.name, lag: each.lag ?? null, behindSeconds: each.behind_seconds ?? null, parked: each.parked ?? null },
      ...{ unread: each.unread ?? [], worst: each.worst ?? null },
      members: each.member?.map(({ instance: id, partition = [] }) => ({ instance: id, partitions: partition })) ?? [],
    })),
    due: due?.map(({ oldest_seconds: oldestSeconds, ...rest }) => ({ ...rest, oldestSeconds })) ?? null,
    leases: lease.map(({ lease: name, instance: holder, since, until }) => ({
      ...{ name, holder, since: since === undefined ? null : Date.parse(since), until: Date.parse(until) },
    })),
    rebuilds: rebuild.map(({ read = null, ...rest }) => ({ ...rest, read })),
  })),
});
