import { eachOf } from "../../../events/index.ts";
import { follower, type WatchContext } from "./follower.ts";
import type { ReleaseDocument } from "./read-models.ts";

/** Looks at once, and the milliseconds after each. */
const [CONCURRENCY, PAUSE] = [2, 1_000];

/**
 * Looks at releases that no instance watches, one after another, over and over. `rest`: milliseconds between two rounds, in which the leases of
 * their runtimes run out, so that an instance with more room finds them.
 */
export const inTurns = (context: WatchContext, holds: (runtimeId: string) => Promise<boolean>, rest: number) => {
  const { clock, outside } = context;
  let others: ReadonlyMap<string, ReleaseDocument> = new Map();
  /** The clusters whose releases nobody watches, as far as that is known. */
  const unwatched = new Set<string>();

  const visit = async (release: ReleaseDocument, signal: AbortSignal): Promise<void> => {
    const { cluster_id, job_id, runtime_id } = release;
    if (signal.aborted || others.get(cluster_id)?.job_id !== job_id) return;
    if (!(await holds(runtime_id))) {
      unwatched.delete(cluster_id);
      return;
    }
    unwatched.add(cluster_id);
    await follower(release, context)
      .once(signal)
      .finally(() => clock.sleep(PAUSE, signal));
  };
  return {
    /** The releases that are visited from now on. */
    visits: (releases: readonly ReleaseDocument[]): void => {
      others = new Map(releases.map((release) => [release.cluster_id, release]));
      for (const id of unwatched) if (!others.has(id)) unwatched.delete(id);
    },
    count: (): number => unwatched.size,
    run: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        const failed = new Set<string>();
        await eachOf(others.values(), CONCURRENCY, (release) =>
          visit(release, signal).catch((error: unknown) => {
            if (!failed.has(release.runtime_id) && !signal.aborted) outside.report(error, release.runtime_id);
            failed.add(release.runtime_id);
          }),
        );
        await clock.sleep(rest, signal);
      }
    },
  };
};
