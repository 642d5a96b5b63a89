import type { Plan, Step } from "../kit/plan.ts";

/** A release becomes what the cluster describes, and its pods get ready. */
const apply: readonly Step[] = [
  { task: "ApplyRelease", on: "cluster" },
  { task: "AwaitPods", on: "cluster" },
];
const remove: readonly Step[] = [{ task: "RemoveRelease", on: "cluster" }];

/** The plan of the Kubernetes provider. A deleted cluster has no release; its volumes stay as far as the chart keeps them. */
export const plan = {
  CreateCluster: apply,
  UpgradeCluster: apply,
  RollbackCluster: apply,
  UpdateClusterEnv: apply,
  RecoverClusters: apply,
  DeleteClusters: remove,
  CeaseClusters: remove,
} satisfies Plan;
