import type { Reactions } from "../../../events/reaction.ts";
import type { Deployment } from "../../../schemas/generated/events.ts";
import type { DeploymentCommand } from "./domain.ts";

type Request = {
  readonly clusterId: string;
  readonly jobId: string;
  readonly deployment: Deployment;
  readonly nodeIds?: readonly string[];
};

/** A provider takes up what is requested for its own runtimes, and nothing else. */
export const reactionsOf = (provider: string): Reactions<DeploymentCommand> => {
  const start =
    (action: string) =>
    ({ clusterId, jobId, deployment, nodeIds = [] }: Request): readonly DeploymentCommand[] =>
      deployment.provider === provider ? [{ type: "StartDeployment", clusterId, jobId, action, deployment, nodeIds }] : [];
  return {
    ClusterDeploymentRequested: start("CreateCluster"),
    ClusterUpgradeRequested: start("UpgradeCluster"),
    ClusterRollbackRequested: start("RollbackCluster"),
    ClusterResizeRequested: start("ResizeCluster"),
    ClusterEnvUpdateRequested: start("UpdateClusterEnv"),
    ClusterNodesRequested: start("AddClusterNodes"),
    ClusterNodesRemovalRequested: start("DeleteClusterNodes"),
    ClusterStopRequested: start("StopClusters"),
    ClusterStartRequested: start("StartClusters"),
    ClusterDeletionRequested: start("DeleteClusters"),
    ClusterRecoveryRequested: start("RecoverClusters"),
    ClusterCeaseRequested: start("CeaseClusters"),
  };
};
