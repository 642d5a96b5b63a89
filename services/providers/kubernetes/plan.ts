import type { Plan, Step } from "../kit/plan.ts";

/** A release becomes what the cluster describes, and its pods get ready. */
const apply: readonly Step[] = [
  { task: "ApplyRelease", on: "cluster" },
  { task: "AwaitPods", on: "cluster" },
];
/** The Deployments and StatefulSets of a release get as many pods as the cluster describes. */
const scale: readonly Step[] = [
  { task: "ScaleWorkloads", on: "cluster" },
  { task: "AwaitPods", on: "cluster" },
];

/**
 * The plan of the Kubernetes provider. A stopped cluster has its release and no pods. A deleted cluster has no release, but the volumes that its
 * StatefulSets have claimed, so that it can be recovered; they go when it is ceased.
 */
export const plan = {
  CreateCluster: apply,
  UpgradeCluster: apply,
  RollbackCluster: apply,
  UpdateClusterEnv: apply,
  RecoverClusters: apply,
  ResizeCluster: scale,
  AddClusterNodes: scale,
  DeleteClusterNodes: [{ task: "ChoosePods", on: "cluster" }, ...scale],
  StartClusters: scale,
  StopClusters: [
    { task: "StopWorkloads", on: "cluster" },
    { task: "AwaitStop", on: "cluster" },
  ],
  DeleteClusters: [{ task: "RemoveRelease", on: "cluster" }],
  CeaseClusters: [
    { task: "RemoveRelease", on: "cluster" },
    { task: "RemoveVolumes", on: "cluster" },
  ],
} satisfies Required<Plan>;
