import { type Clock, eachOf, type Log } from "../../../../events/index.ts";
import type { Progress } from "../../../../events/runtime.ts";

export type Lag = {
  readonly subscription: string;
  /** The number of records in this instance's partitions beyond its positions, including records that it will skip. */
  readonly events: number;
  /** The maximum time for which the subscription has been behind, in seconds; 0 if it is up to date. */
  readonly seconds: number;
  /** The age of the latest processed event; undefined if there is none yet. */
  readonly ageSeconds: number | undefined;
};
type Positions = Pick<Progress, "progress" | "latest">;

const CONCURRENCY = 4;

/** The lag of an instance's subscriptions behind the log, in their currently assigned partitions. */
export const lagIn = (subscriptions: () => ReadonlyMap<string, Positions>, log: Pick<Log, "ends">, clock: Clock) => {
  /** When each subscription was last up to date. */
  const upToDate = new Map<string, number>();
  const began = clock.now();

  return async (): Promise<readonly Lag[]> => {
    const all = [...subscriptions()];
    const topics = new Set(all.flatMap(([, { progress }]) => [...progress.keys()].map(topicIn)));
    const ends = new Map<string, number>();
    await eachOf(topics, CONCURRENCY, async (topic) => {
      for (const { partition, offset } of await log.ends(topic)) ends.set(`${topic}/${partition}`, offset);
    });
    const now = clock.now();
    return all.map(([subscription, { progress, latest }]) => {
      const events = [...progress].reduce((sum, [place, at]) => sum + Math.max(0, (ends.get(place) ?? at) - at), 0);
      if (events === 0) upToDate.set(subscription, now);
      const age = latest() === "" ? undefined : Math.max(0, now - Date.parse(latest()));
      const since = upToDate.get(subscription) ?? (age === undefined ? began : 0);
      const behind = events === 0 ? 0 : Math.min(now - since, age ?? Number.POSITIVE_INFINITY);
      return { subscription, events, seconds: behind / 1_000, ageSeconds: age === undefined ? undefined : age / 1_000 };
    });
  };
};

const topicIn = (place: string): string => place.slice(0, place.lastIndexOf("/"));
