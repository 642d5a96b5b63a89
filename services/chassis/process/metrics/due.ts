import type { Clock, Commit, EventStore } from "../../../../events/index.ts";

/** Due marks are counted up to this number, so that a scrape stays cheap during a backlog. */
export const MAX_DUE = 1_000;

/** The number of due marks of one kind in the store, counted up to MAX_DUE, and the age of the oldest. */
export type Due = { readonly kind: "publish" | "effects" | "timers"; readonly marks: number; readonly oldestSeconds: number };

/** The due marks in the store, for all instances together. */
export const dueIn = async (store: EventStore, clock: Clock): Promise<readonly Due[]> => {
  const now = clock.now();
  const [publish, effects, timers] = await Promise.all([
    store.due("publish", undefined, MAX_DUE),
    store.due("effects", undefined, MAX_DUE),
    store.dueTimers(now, MAX_DUE),
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
