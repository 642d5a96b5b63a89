import { CLUSTER_LABEL, labelOf, TASK_LABEL } from "./names.ts";
import { KubernetesError, type Revision, type Target } from "./ports.ts";
import { atRest, isOwn, type ReleaseTask, takeBack } from "./revisions.ts";

/** The label of the cluster that has a release; undefined: none has. */
export const clusterOf = (revisions: readonly Revision[]): string | undefined =>
  [revisions.at(-1), deployedIn(revisions)].map((revision) => revision?.labels[CLUSTER_LABEL]).find((label) => label !== undefined);

/** The revision of a release that can be taken over. */
export const adoptableOf = ({ namespace }: Target, release: string, revisions: readonly Revision[]): Revision => {
  const [newest, deployed] = [revisions.at(-1), deployedIn(revisions)];
  if (!newest) throw new KubernetesError(`namespace ${namespace} has no release ${release}`);
  if (!deployed) throw new KubernetesError(`release ${release} in namespace ${namespace} is not deployed: it is ${newest.status}`);
  return deployed;
};
const deployedIn = (revisions: readonly Revision[]) => revisions.findLast(({ status }) => status === "deployed");

/**
 * Ties the release to the cluster that is to take it over, as it was when that was asked for. Of several clusters that try it at once one succeeds,
 * since a label is only given to a revision that nobody has changed since it was read. What helm has left unfinished is taken back.
 */
export const adoptRelease = async (task: ReleaseTask): Promise<void> => {
  const { target, release, clusterId, adopts } = task;
  for (;;) {
    const revisions = await atRest(task);
    const newest = revisions.at(-1);
    if (newest && isOwn(task, newest)) return;
    const cluster = clusterOf(revisions);
    if (cluster !== undefined && cluster !== labelOf(clusterId))
      throw new KubernetesError(`release ${release} in namespace ${target.namespace} belongs to another cluster by now`);
    const deployed = adoptableOf(target, release, revisions);
    if (deployed.uid !== adopts)
      throw new KubernetesError(`release ${release} in namespace ${target.namespace} has changed since it was to be taken over`);
    if (isOwn(task, deployed)) await takeBack(task, revisions);
    else await target.label(release, deployed, { [CLUSTER_LABEL]: labelOf(clusterId), [TASK_LABEL]: null });
  }
};

/**
 * Lets go of a release that the cluster has not taken over, or not to the end: what its tasks have made of it is rolled back, and its labels are removed,
 * the newest last, so that an interrupted attempt is taken up again. It is never removed.
 */
export const releaseAdopted = async (task: ReleaseTask): Promise<void> => {
  const { target, release, signal } = task;
  for (;;) {
    const revisions = await atRest(task);
    const newest = revisions.at(-1);
    const own = revisions.filter((revision) => isOwn(task, revision));
    if (!newest || own.length === 0) return;
    // A rollback has the labels of the revision that it goes back to.
    const original = revisions.findLast(({ labels }) => labels[TASK_LABEL] === undefined);
    const isChanged = newest.labels[TASK_LABEL] !== undefined || newest.status !== "deployed";
    if (isOwn(task, newest) && isChanged && original) await target.rollback(release, original.revision, signal);
    else for (const revision of own) await target.label(release, revision, { [CLUSTER_LABEL]: null, [TASK_LABEL]: null });
  }
};
