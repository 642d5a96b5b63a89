import { adoptRelease, releaseAdopted } from "./adoption.ts";
import { CLUSTER_LABEL, labelOf, TASK_LABEL } from "./names.ts";
import { type Chart, KubernetesError, type Revision } from "./ports.ts";
import { atRest, isOwn, type ReleaseTask, takeBack } from "./revisions.ts";

/**
 * Makes the release what a task wants, however far an earlier attempt has come. The labels of a revision say which task made it. What helm left
 * unfinished is finished by the helm that may still run, or else taken back.
 */
export const applyRelease = async (task: ReleaseTask, chart: Omit<Chart, "labels">): Promise<void> => {
  const { target, clusterId, release, adopts, taskId, signal } = task;
  const labels = { [CLUSTER_LABEL]: labelOf(clusterId), [TASK_LABEL]: labelOf(taskId) };
  const isDone = (newest: Revision | undefined) => newest?.status === "deployed" && newest.labels[TASK_LABEL] === labels[TASK_LABEL];
  if (adopts !== "") await adoptRelease(task);
  for (;;) {
    const revisions = await atRest(task);
    const newest = revisions.at(-1);
    if (newest && !isOwn(task, newest)) throw foreign(task);
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

/** Removes the release of a cluster, if there is one that the cluster has made or taken over. */
export const removeRelease = async (task: ReleaseTask): Promise<void> => {
  if (task.adopts !== "") return releaseAdopted(task);
  const newest = (await atRest(task)).at(-1);
  if (newest && isOwn(task, newest)) await task.target.uninstall(task.release, task.signal);
};

const foreign = ({ target, release }: ReleaseTask): KubernetesError =>
  new KubernetesError(
    `namespace ${target.namespace} has a release ${release} already, which this cluster has not made: CreateCluster takes it over if adopt_release names it`,
  );
