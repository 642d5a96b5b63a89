import type { Lease } from "../../../events/index.ts";
import type { ModelStatus } from "../../../events/runtime.ts";
import type { ServiceInstance } from "../process/discovery.ts";
import type { Due } from "../process/metrics/due.ts";
import type { OpenBreaker } from "../process/metrics.ts";
import type { InstanceStatus } from "./status-route.ts";

/** The instances of a platform, and how to ask each of them. */
export type PlatformClient = {
  /** Of one service, or of all; sorted. */
  readonly instances: (service?: string) => Promise<readonly ServiceInstance[]>;
  /** The answer of one instance. Rejects if it does not answer. */
  readonly ask: (instance: ServiceInstance, path: string, body?: object) => Promise<unknown>;
};

export type InstanceState = ServiceInstance & {
  readonly state: "ready" | "not ready" | "silent";
  /** Why it is not ready, and what else is wrong. */
  readonly reasons: readonly string[];
  readonly breakers: readonly OpenBreaker[];
};
/** A read model of a service, or its reactions, over all instances. */
export type SubscriptionState = {
  readonly name: string;
  /** Null: the store does not answer. */
  readonly parked: number | null;
  /** Records that it has not gone past; null: the log does not answer. */
  readonly lag: number | null;
  /** The age of the latest event that it has gone past, in seconds, while there is a lag; null: unknown, or none yet. */
  readonly behindSeconds: number | null;
  readonly members: readonly { readonly instance: string; readonly partitions: readonly string[] }[];
  /** Partitions that no instance reads. */
  readonly unread: readonly string[];
  /** The partition with the largest lag. */
  readonly worst: { readonly partition: string; readonly next: number; readonly end: number } | null;
};
export type ServiceState = {
  readonly service: string;
  readonly instances: readonly InstanceState[];
  readonly subscriptions: readonly SubscriptionState[];
  /** Null: the store does not answer. */
  readonly due: readonly Due[] | null;
  /** Collections that are filled beside the active ones. */
  readonly rebuilds: readonly RebuildState[];
  /** What one instance does alone, the same in all; empty also if the store does not answer. */
  readonly leases: readonly Lease[];
};
export type RebuildState = {
  readonly model: string;
  readonly collection: string;
  readonly read: number | null;
  readonly end: number;
  readonly compared: number;
  readonly state: "filling" | "comparing" | "equal" | "different" | "becomes active";
};
export type PlatformStatus = {
  readonly services: readonly ServiceState[];
  /** What is wrong, in a sentence each; empty: nothing. */
  readonly problems: readonly string[];
};

/** What the instances of a platform say of themselves, put together, and what is wrong. `now`: milliseconds since 1970. */
export const platformStatus = async (platform: PlatformClient, now: number): Promise<PlatformStatus> => {
  const asked = (await platform.instances()).map(async (instance): Promise<Asked> => {
    try {
      return { instance, status: (await platform.ask(instance, "/internal/status")) as InstanceStatus }; // All services are of one release.
    } catch (error) {
      return { instance, silence: error instanceof Error ? error.message : String(error) };
    }
  });
  const all = await Promise.all(asked);
  const services = await Promise.all(
    [...new Set(all.map(({ instance }) => instance.service))].sort().map(async (service): Promise<ServiceState> => {
      const own = all.filter(({ instance }) => instance.service === service);
      const names = [...new Set(own.flatMap(({ status }) => status?.subscriptions.map(({ name }) => name) ?? []))].sort();
      const answering = own.find(({ status }) => status)?.instance;
      return {
        service,
        instances: own.map(stateOf),
        subscriptions: names.map((name) => subscriptionOf(name, own, now)),
        due: own.find(({ status }) => status?.due)?.status?.due ?? null,
        leases: own.find(({ status }) => status?.leases)?.status?.leases ?? [],
        rebuilds: answering ? await rebuildsOf(platform, answering) : [],
      };
    }),
  );
  return { services, problems: services.flatMap(problemsOf) };
};

type Asked = { readonly instance: ServiceInstance; readonly status?: InstanceStatus; readonly silence?: string };

const stateOf = ({ instance, status, silence = "" }: Asked): InstanceState =>
  status
    ? {
        ...instance,
        state: status.ready ? "ready" : "not ready",
        reasons: [...status.reasons, ...(status.warnings ?? [])],
        breakers: status.breakers,
      }
    : { ...instance, state: "silent", reasons: [silence], breakers: [] };

const topicIn = (place: string): string => place.slice(0, place.lastIndexOf("/"));

const subscriptionOf = (name: string, own: readonly Asked[], now: number): SubscriptionState => {
  const members = own.flatMap(({ instance, status }) => {
    const found = status?.subscriptions.find((each) => each.name === name);
    return found ? [{ instance: instance.instance, status: found }] : [];
  });
  const reported = own.flatMap(({ status }) => (status?.ends ? [status.ends] : []));
  /** Each partition counts from its most advanced instance, to the latest end. */
  const most = (maps: readonly { readonly [partition: string]: number }[]): ReadonlyMap<string, number> => {
    const found = new Map<string, number>();
    for (const map of maps) for (const [place, at] of Object.entries(map)) found.set(place, Math.max(at, found.get(place) ?? 0));
    return found;
  };
  const next = most(members.map(({ status }) => status.positions));
  const ends = most(reported);
  const topics = new Set([...next.keys()].map(topicIn));
  const lags = [...next].map(([partition, at]) => ({ partition, next: at, end: Math.max(at, ends.get(partition) ?? at) }));
  const lag = reported.length === 0 ? null : lags.reduce((sum, { next: at, end }) => sum + end - at, 0);
  const latest = members.map(({ status }) => status.latest).reduce((one, other) => (one > other ? one : other), "");
  const parked = members.flatMap(({ status }) => status.parked ?? []);
  const worst = lags.toSorted((one, other) => other.end - other.next - (one.end - one.next)).at(0);
  return {
    ...{ name, lag, parked: parked.length === 0 ? null : Math.max(...parked) },
    behindSeconds: lag === 0 ? 0 : lag === null || latest === "" ? null : Math.max(0, now - Date.parse(latest)) / 1_000,
    members: members.map(({ instance, status }) => ({ instance, partitions: Object.keys(status.positions).sort() })),
    unread: [...ends.keys()].filter((place) => topics.has(topicIn(place)) && !next.has(place)).sort(),
    worst: worst && worst.end > worst.next ? worst : null,
  };
};

const rebuildsOf = async (platform: PlatformClient, instance: ServiceInstance): Promise<readonly RebuildState[]> => {
  const answer = await platform.ask(instance, "/internal/read-models").catch(() => undefined);
  const models = (Reflect.get(Object(answer), "models") ?? []) as readonly ModelStatus[]; // All services are of one release.
  return models.flatMap(({ model, active, next, feeds, compared }) =>
    feeds.flatMap(({ collection, until, rebuild, read, end }): readonly RebuildState[] => {
      if (collection === active || until !== null || (!rebuild && collection !== next)) return [];
      const state =
        collection === next
          ? "becomes active"
          : rebuild?.verdict
            ? rebuild.verdict.differences === 0
              ? "equal"
              : "different"
            : read !== null && read >= end
              ? "comparing"
              : "filling";
      return [{ model, collection, read, end, compared, state }];
    }),
  );
};

/** Seconds after which something that is late is a problem; those of the alerts (infra/prometheus). */
const BEHIND = 60;
const LATE: { readonly [K in Due["kind"]]: { readonly seconds: number; readonly what: string } } = {
  publish: { seconds: 60, what: "commits are not on the log" },
  timers: { seconds: 120, what: "timers have not fired" },
  effects: { seconds: 3_600, what: "effects are under way" },
};

const problemsOf = ({ service, instances, subscriptions, due }: ServiceState): readonly string[] => [
  ...instances.flatMap(({ instance, state, reasons, breakers }) => [
    ...(state === "ready"
      ? reasons.map((reason) => `${service}: ${instance}: ${reason}`)
      : [`${service}: ${instance} is ${state}: ${reasons.join("; ")}`]),
    ...breakers.map(({ name, state: breaker }) => `${service}: the breaker of ${name} is ${breaker} in ${instance}`),
  ]),
  ...(instances.every(({ state }) => state === "silent") || due ? [] : [`${service}: its document store does not answer`]),
  ...(due ?? []).flatMap(({ kind, marks, oldestSeconds }) =>
    oldestSeconds > LATE[kind].seconds ? [`${service}: ${marks} ${LATE[kind].what}, the oldest for ${Math.round(oldestSeconds)} s`] : [],
  ),
  ...subscriptions.flatMap(({ name, parked, lag, behindSeconds, unread }) => [
    ...(parked ? [`${service}: ${parked} ${parked === 1 ? "stream is" : "streams are"} parked in ${name}`] : []),
    ...(lag === null ? [`${service}: the log does not answer, so the lag of ${name} is not known`] : []),
    ...((behindSeconds ?? 0) > BEHIND
      ? [`${service}: ${name} is ${Math.round(behindSeconds ?? 0)} s behind the log, by ${lag} records`]
      : []),
    ...(unread.length > 0 ? [`${service}: nobody reads ${unread.join(", ")} for ${name}`] : []),
  ]),
];
