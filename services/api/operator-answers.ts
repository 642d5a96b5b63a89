import type { Difference, Rebuild } from "../../events/index.ts";
import type { ModelStatus } from "../../events/runtime.ts";
import type {
  Operations,
  ParkedEvent,
  ParkedStream,
  ParkedStreams,
  Platform,
  ReadModel,
  ReadModelRebuild,
} from "../../schemas/generated/http.ts";
import type { PlatformStatus } from "../chassis/http/platform-status.ts";

// What services tell operators, as the contract has it.

/** A parked stream as its service tells it. */
type Told = Required<Omit<ParkedStream, "service" | "event_id" | "asked">> & {
  readonly eventId: string;
  readonly asked: { readonly action: string; readonly by: string } | null;
};
const parkedIn = (told: object): readonly ParkedStream[] => {
  const { service, streams } = told as { readonly service: string; readonly streams: readonly Told[] }; // The type of the service's answer.
  return streams.map(({ eventId, asked, subscription, stream, type, reason, time, attempts, events, origin }) => ({
    ...{ service, subscription, stream, event_id: eventId, type, reason, time, attempts, events, origin },
    ...(asked && { asked: `${asked.action} by ${asked.by}` }),
  }));
};
export const parkedOf = (answers: readonly object[]): ParkedStreams => {
  const streams = answers.flatMap(parkedIn);
  return { total_count: streams.length, parked_stream_set: streams };
};

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
const rebuildOf = ({ rate, isLook, verdict }: Rebuild): ReadModelRebuild => ({
  ...(rate === "auto" ? { auto_rate: true } : rate !== null && { rate }),
  ...(isLook && { look: true }),
  ...(verdict && { verdict: { ...verdict, time: timeOf(verdict.at), first: verdict.first.map(differenceOf) } }),
});
const differenceOf = ({ fields, ...difference }: Difference) => ({
  ...difference,
  fields: fields.map(({ field, event }) => ({ field, ...(event !== null && { event }) })),
});

export const readModelsIn = (told: object): readonly ReadModel[] => {
  const { service, models } = told as { readonly service: string; readonly models: readonly ModelStatus[] }; // All services are of one release.
  return models.map(({ model, active, next, generation, fold: own, feeds, compared }) => ({
    ...{ service, model, generation, fold: own, compared },
    ...(active !== null && { active }),
    ...(next !== null && { next }),
    collection: feeds.map(({ collection, fold, read, end, until, rebuild }) => ({
      ...{ collection, fold, end },
      ...(until !== null && { until: timeOf(until) }),
      ...(read !== null && { read }),
      ...(rebuild && { compared: rebuild.verdict?.compared ?? compared }),
      ...(rebuild?.verdict && { differences: rebuild.verdict.differences }),
      ...(rebuild && { rebuild: rebuildOf(rebuild) }),
    })),
  }));
};

export const platformOf = ({ services, problems }: PlatformStatus): Platform => ({
  problem: problems,
  service: services.map(({ service, instances, subscriptions, due, leases, rebuilds }) => ({
    service,
    instance: instances.map(({ instance, url, since, state, reasons, breakers }) => ({
      ...{ instance, url, since, state, reason: reasons, open_breaker: breakers.map(({ name }) => name) },
    })),
    subscription: subscriptions.map(({ name, lag, behindSeconds, parked, unread, members, worst }) => ({
      ...{ name, unread, member: members.map(({ instance, partitions }) => ({ instance, partition: partitions })) },
      ...(worst && { worst }),
      ...(lag !== null && { lag }),
      ...(behindSeconds !== null && { behind_seconds: behindSeconds }),
      ...(parked !== null && { parked }),
    })),
    lease: leases.map(({ name, holder, since, until }) => ({
      ...{ lease: name, instance: holder, until: timeOf(until) },
      ...(since !== null && { since: timeOf(since) }),
    })),
    rebuild: rebuilds.map(({ read, ...rebuild }) => ({ ...rebuild, ...(read !== null && { read }) })),
    ...(due && { due: due.map(({ kind, marks, oldestSeconds }) => ({ kind, marks, oldest_seconds: oldestSeconds })) }),
  })),
});

export type ToldEvent = Omit<ParkedEvent, "event_id"> & { readonly eventId: string };

/** What is asked of a read model, as its service takes it. */
export const orderOf = ({ since, until, may_differ: mayDiffer, auto_rate: isAuto = false, rate, ...asked }: Partial<Order>): object => ({
  ...asked,
  ...(since !== undefined && { since: Date.parse(since) }),
  ...(until !== undefined && { until: Date.parse(until) }),
  ...(mayDiffer && { mayDiffer }),
  ...(isAuto ? { rate: "auto" } : rate !== undefined && { rate }),
});
type Order = Operations["PlanReadModel"]["request"];
