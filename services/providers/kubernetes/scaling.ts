import { type Counts, KubernetesError, type Pod, type Target } from "./ports.ts";

/**
 * Gives each Deployment and StatefulSet of a release as many pods as were asked for, else as its chart says. Where the chart leaves the number to
 * somebody else, such as a HorizontalPodAutoscaler, a stopped one gets a pod to begin with.
 */
export const scaleWorkloads = async (target: Target, release: string, counts: Counts): Promise<void> => {
  for (const workload of (await target.observe(release)).workloads) {
    const { name, described, replicas } = workload;
    if (replicas === undefined) continue;
    const wanted = counts.get(name) ?? described ?? (replicas === 0 ? 1 : replicas);
    if (wanted !== replicas) await target.setReplicas(workload, wanted);
  }
};

/** Takes all pods from a release, and leaves everything else as it is. */
export const stopWorkloads = async (target: Target, release: string): Promise<void> => {
  const { workloads } = await target.observe(release);
  const daemon = workloads.find(({ kind }) => kind === "DaemonSet");
  if (daemon) throw new KubernetesError(`DaemonSet ${daemon.name} cannot be stopped: it has a pod on each machine as long as it exists`);
  for (const workload of workloads) if ((workload.replicas ?? 0) > 0) await target.setReplicas(workload, 0);
};

/** Has the named pods go first when their workloads get fewer. Throws a KubernetesError for pods that cannot be chosen. */
export const choosePods = async (target: Target, release: string, names: readonly string[]): Promise<void> => {
  const { workloads, pods } = await target.observe(release);
  for (const { kind, name } of workloads) {
    const own = pods.filter(({ workload, isLeaving }) => workload === name && !isLeaving);
    const chosen = own.filter((pod) => names.includes(pod.name));
    if (chosen.length === 0) continue;
    if (kind === "DaemonSet") throw new KubernetesError(`pods of DaemonSet ${name} cannot be deleted: it has one on each machine`);
    if (kind === "Deployment") for (const pod of chosen) await target.giveUp(pod.name);
    const last = own.toSorted((a, b) => ordinalOf(b) - ordinalOf(a)).slice(0, chosen.length);
    if (kind === "StatefulSet" && !last.every((pod) => chosen.includes(pod)))
      throw new KubernetesError(`StatefulSet ${name} gives up its last pods first: ${last.map((pod) => pod.name).join(", ")}`);
  }
};

const ordinalOf = ({ name }: Pod): number => Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
