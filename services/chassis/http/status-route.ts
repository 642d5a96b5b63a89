import { type Clock, eachOf, isOutage, type Lease, type Log } from "../../../events/index.ts";
import { isMissingTopic } from "../../../events/runtime.ts";
import { type Due, dueIn } from "../process/metrics/due.ts";
import type { OpenBreaker } from "../process/metrics.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";

/** Milliseconds for which the status waits for the store and for the log. */
const PATIENCE = 2_000;
const CONCURRENCY = 4;
/** Leases that are told. */
const LEASES = 100;

/** A read model, or the reactions, in one instance. */
export type SubscriptionStatus = {
  readonly name: string;
  /** The next offset of each partition that this instance reads, by `topic/partition`. */
  readonly positions: { readonly [partition: string]: number };
  /** The time of the latest event that it has gone past; empty: none yet. */
  readonly latest: string;
  /** Streams that are parked, in all instances; null: the store does not answer. */
  readonly parked: number | null;
};
/** What an instance says of itself. It answers also while its store or the log does not. */
export type InstanceStatus = {
  readonly service: string;
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** What an operator should know although it is ready. Absent in answers of earlier releases. */
  readonly warnings?: readonly string[];
  readonly subscriptions: readonly SubscriptionStatus[];
  /** The ends of all partitions of the topics that it reads; null: the log does not answer. */
  readonly ends: { readonly [partition: string]: number } | null;
  /** What is due in the service's store; null: the store does not answer. */
  readonly due: readonly Due[] | null;
  readonly breakers: readonly OpenBreaker[];
  /** What one instance of the service does alone; null: the store does not answer. */
  readonly leases: readonly Lease[] | null;
};

/** The route that says how an instance is. */
export const statusRoute = ({ instance, ports, metrics, ready, warnings }: Host): InternalRoute => ({
  method: "get",
  path: "/internal/status",
  access: "operators",
  answer: async (): Promise<InstanceStatus> => {
    const { store, parking, log, clock } = ports;
    const all = [...instance.subscriptions()];
    const topics = new Set(all.flatMap(([, { progress }]) => [...progress.keys()].map((place) => place.slice(0, place.lastIndexOf("/")))));
    const [reasons, due, ends, breakers, leases, ...parked] = await Promise.all([
      ready(),
      inTime(clock, dueIn(store, clock)),
      inTime(clock, endsOf(log, topics)),
      metrics.openBreakers(),
      inTime(clock, store.leases(LEASES)),
      ...all.map(([name]) => inTime(clock, parking.streams(name))),
    ]);
    return {
      ...{ service: instance.service.name, ready: reasons.length === 0, reasons, warnings: warnings(), ends, due, breakers, leases },
      subscriptions: all.map(([name, { progress, latest }], index) => ({
        ...{ name, positions: Object.fromEntries(progress), latest: latest() },
        parked: parked[index]?.length ?? null,
      })),
    };
  },
});

/** The answer of the store or the log; null if it does not come. */
const inTime = async <T>(clock: Clock, work: Promise<T>): Promise<T | null> => {
  const answered = new AbortController();
  const answer = work.catch((error: unknown) => {
    if (isOutage(error)) return null;
    throw error;
  });
  const found = await Promise.race([answer, clock.sleep(PATIENCE, answered.signal).then(() => null)]);
  answered.abort("answered");
  return found;
};

const endsOf = async (log: Pick<Log, "ends">, topics: Iterable<string>): Promise<{ readonly [partition: string]: number }> => {
  const ends: { [partition: string]: number } = {};
  await eachOf(topics, CONCURRENCY, async (topic) => {
    try {
      for (const { partition, offset } of await log.ends(topic)) ends[`${topic}/${partition}`] = offset;
    } catch (error) {
      if (!isMissingTopic(error)) throw error;
    }
  });
  return ends;
};
