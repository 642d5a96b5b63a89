import { CLUSTER_LABEL, labelOf, releaseOf, TASK_LABEL } from "./names.ts";
import { type Chart, KubernetesError, type KubernetesOutside, type Revision, type Target } from "./ports.ts";

/** One task about the release of a cluster. */
export type ReleaseTask = {
  readonly target: Target;
  readonly clusterId: string;
  readonly taskId: string;
  readonly signal: AbortSignal;
} & Pick<KubernetesOutside, "now" | "sleep" | "timeouts">;

const PAUSE = 1_000;

/**
 * Makes the release what a task wants, however far an earlier attempt has come. The labels of a revision say which task made it. What helm left
 * unfinished is finished by the helm that may still run, or else taken back.
 */
export const applyRelease = async (task: ReleaseTask, chart: Omit<Chart, "labels">): Promise<void> => {
  const { target, clusterId, taskId, signal } = task;
  const release = releaseOf(clusterId);
  const labels = { [CLUSTER_LABEL]: labelOf(clusterId), [TASK_LABEL]: labelOf(taskId) };
  const isDone = (newest: Revision | undefined) => newest?.status === "deployed" && newest.labels[TASK_LABEL] === labels[TASK_LABEL];
  for (;;) {
    const revisions = await atRest(task);
    const newest = revisions.at(-1);
    if (newest && !isOwn(task, newest))
      throw new KubernetesError(`namespace ${target.namespace} has a release ${release} already, which this cluster has not made`);
    if (isDone(newest)) return;
    if (newest && newest.status !== "deployed") {
      await takeBack(task, revisions);
      continue;
    }
    try {
      return await target.upgrade(release, { ...chart, labels }, signal);
    } catch (error) {
      if (!(error instanceof KubernetesError)) throw error;
      // The helm of a provider that has died may have been faster.
      const after = (await target.revisions(release)).at(-1);
      if (!after || after.revision === newest?.revision || (after.status === "failed" && isOwn(task, after))) throw error;
    }
  }
};

/** Removes the release of a cluster, if there is one that the cluster has made. */
export const removeRelease = async (task: ReleaseTask): Promise<void> => {
  const newest = (await atRest(task)).at(-1);
  if (newest && isOwn(task, newest)) await task.target.uninstall(releaseOf(task.clusterId), task.signal);
};

/** The revisions once no helm works on the release: a pending one is waited for as long as its helm may run. */
const atRest = async ({ target, clusterId, signal, now, sleep, timeouts }: ReleaseTask): Promise<readonly Revision[]> => {
  for (;;) {
    const revisions = await target.revisions(releaseOf(clusterId));
    const newest = revisions.at(-1);
    if (!newest || !/^(pending-|uninstalling$)/.test(newest.status) || now() - newest.time >= timeouts.helm) return revisions;
    if (signal.aborted) throw signal.reason;
    await sleep(PAUSE, signal);
  }
};

/** Goes back to the revision that was deployed last, which removes what a failed or abandoned one has added; without one, to nothing. */
const takeBack = async ({ target, clusterId, signal }: ReleaseTask, revisions: readonly Revision[]): Promise<void> => {
  const release = releaseOf(clusterId);
  const deployed = revisions.findLast(({ status }) => status === "deployed");
  if (deployed) await target.rollback(release, deployed.revision, signal);
  else await target.uninstall(release, signal);
};

const isOwn = ({ clusterId }: ReleaseTask, { labels }: Revision): boolean => labels[CLUSTER_LABEL] === labelOf(clusterId);
