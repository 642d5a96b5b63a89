import type { Feed, Pointer, Reader } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import type { CatchingUp } from "./caught-up.ts";
import { isMissingTopic } from "./log-ends.ts";

/** Where a read model is, and how much of the log each of its collections contains, in records. */
export type ModelStatus = Omit<Pointer, "feeds"> & {
  /** The fold of this build. */
  readonly fold: number;
  /** `read` is null for the active collection, whose exact progress nobody announces. `end` is where it has to come to. */
  readonly feeds: readonly (Feed & { readonly read: number | null; readonly end: number })[];
  /** How many documents of a rebuild are compared so far. */
  readonly compared: number;
};

export const statusOf = async (
  pointer: Pointer,
  projection: AnyProjection,
  live: readonly Reader[],
  { endsFor, isBehind }: Pick<CatchingUp, "endsFor" | "isBehind">,
): Promise<ModelStatus> => {
  const now = await endsFor(projection).catch((error: unknown) => {
    if (isMissingTopic(error)) return [];
    throw error;
  });
  const feeds = pointer.feeds.map(async (feed) => {
    const ends = feed.rebuild?.ends ?? now;
    const end = ends.reduce((sum, each) => sum + each.end, 0);
    if (feed.collection === pointer.active) return { ...feed, read: null, end };
    let read = 0;
    await isBehind({ model: pointer.model, ...feed }, ends, live, (some) => {
      read += some;
    });
    return { ...feed, read, end };
  });
  const compared = Math.max(0, ...live.map(({ models }) => models[pointer.model]?.compared ?? 0));
  return { ...pointer, fold: projection.version, feeds: await Promise.all(feeds), compared };
};
