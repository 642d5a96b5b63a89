import { CLUSTER_LABEL, labelOf } from "./names.ts";
import { KubernetesError, type KubernetesOutside, type Revision, type Target } from "./ports.ts";

/** One task about the release of a cluster. */
export type ReleaseTask = {
  readonly target: Target;
  readonly clusterId: string;
  /** The name of the release. */
  readonly release: string;
  /** The revision that the cluster has yet to take over, by its uid. Empty: the release is its own. */
  readonly adopts: string;
  readonly taskId: string;
  readonly signal: AbortSignal;
} & Pick<KubernetesOutside, "now" | "sleep" | "timeouts">;

const PAUSE = 1_000;

export const isOwn = ({ clusterId }: Pick<ReleaseTask, "clusterId">, { labels }: Revision): boolean =>
  labels[CLUSTER_LABEL] === labelOf(clusterId);

/** The revisions once no helm works on the release: a pending one is waited for as long as its helm may run. */
export const atRest = async ({ target, release, signal, now, sleep, timeouts }: ReleaseTask): Promise<readonly Revision[]> => {
  for (;;) {
    const revisions = await target.revisions(release);
    const newest = revisions.at(-1);
    if (!newest || !/^(pending-|uninstalling$)/.test(newest.status) || now() - newest.time >= timeouts.helm) return revisions;
    if (signal.aborted) throw signal.reason;
    await sleep(PAUSE, signal);
  }
};

/**
 * Goes back to the revision that was deployed last, which removes what a failed or abandoned one has added; without one, to nothing. A helm that was
 * ended between two steps has superseded it already. A release that is not the cluster's own is never removed.
 */
export const takeBack = async ({ target, release, adopts, signal }: ReleaseTask, revisions: readonly Revision[]): Promise<void> => {
  const last = (wanted: string) => revisions.findLast(({ status }) => status === wanted);
  const isLeaving = revisions.at(-1)?.status === "uninstalling";
  const deployed = last("deployed") ?? (isLeaving ? undefined : last("superseded"));
  if (deployed) await target.rollback(release, deployed.revision, signal);
  else if (adopts === "") await target.uninstall(release, signal);
  else
    throw new KubernetesError(`release ${release} cannot be taken over: it is ${revisions.at(-1)?.status}, and nothing of it is deployed`);
};
