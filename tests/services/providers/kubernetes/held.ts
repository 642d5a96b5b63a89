import type { KubernetesApi } from "../../../world/kubernetes-front.ts";

/** The releases of a namespace, those of their revisions that are deployed, the workloads and the pods. */
export const holdsOf = async (api: KubernetesApi, zone: string): Promise<readonly number[]> => {
  const kinds = ["Secret", "Deployment", "Pod"].map((kind) => api.all(kind, zone));
  const [secrets = [], deployments = [], pods = []] = await Promise.all(kinds);
  const revisions = secrets.filter(({ metadata }) => metadata.labels?.owner === "helm");
  const deployed = revisions.filter(({ metadata }) => metadata.labels.status === "deployed");
  return [new Set(revisions.map(({ metadata }) => metadata.labels.name)).size, deployed.length, deployments.length, pods.length];
};
