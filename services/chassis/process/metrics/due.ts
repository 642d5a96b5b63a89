import type { Clock, Commit, EventStore } from "../../../../events/index.ts";

/** Beyond so many, nobody counts: what matters is that there are many, and a scrape must not cost what a backlog does. */
export const MOST_DUE = 1_000;

/** How much of a kind is due in the store, counted up to so many, and the age of the oldest of these. */
export type Due = { readonly kind: "publish" | "effects" | "timers"; readonly marks: number; readonly oldestSeconds: number };

/** What is left to be done as the store has it, whichever instance is to do it. */
export const dueIn = async (store: EventStore, clock: Clock): Promise<readonly Due[]> => {
  const now = clock.now();
  const [publish, effects, timers] = await Promise.all([
    store.due("publish", undefined, MOST_DUE),
    store.due("effects", undefined, MOST_DUE),
    store.dueTimers(now, MOST_DUE),
  ]);
  return [
    due("publish", publish.map(committed), now),
    due(
      "effects",
      effects.flatMap((commit) => commit.effects.map(() => committed(commit))),
      now,
    ),
    due(
      "timers",
      timers.flatMap((commit) => commit.timers.map(({ at }) => at).filter((at) => at <= now)),
      now,
    ),
  ];
};

const committed = ({ metadata }: Commit): number => Date.parse(metadata.time);

const due = (kind: Due["kind"], since: readonly number[], now: number): Due => ({
  kind,
  marks: since.length,
  oldestSeconds: since.reduce((oldest, at) => Math.max(oldest, now - at), 0) / 1_000,
});
