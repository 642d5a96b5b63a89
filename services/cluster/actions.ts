import type { ClusterEvent, Deployment } from "../../schemas/generated/events.ts";

export type ClusterStatus = "pending" | "active" | "stopped" | "deleted" | "ceased";

/** What may be asked of a cluster that exists: from which status, with which event, shown how while it lasts, and what it ends in. */
export type ActionRow = {
  /** OpenPitrix's job action. */
  readonly job: string;
  readonly from: readonly ClusterStatus[];
  readonly transition: string;
  readonly status: ClusterStatus;
};

export const actions = {
  ClusterDeploymentRequested: { job: "CreateCluster", from: ["pending"], transition: "creating", status: "active" },
  ClusterUpgradeRequested: { job: "UpgradeCluster", from: ["active"], transition: "upgrading", status: "active" },
  ClusterRollbackRequested: { job: "RollbackCluster", from: ["active"], transition: "rollbacking", status: "active" },
  ClusterResizeRequested: { job: "ResizeCluster", from: ["active"], transition: "resizing", status: "active" },
  ClusterEnvUpdateRequested: { job: "UpdateClusterEnv", from: ["active"], transition: "updating", status: "active" },
  ClusterNodesRequested: { job: "AddClusterNodes", from: ["active"], transition: "scaling", status: "active" },
  ClusterNodesRemovalRequested: { job: "DeleteClusterNodes", from: ["active"], transition: "scaling", status: "active" },
  ClusterStopRequested: { job: "StopClusters", from: ["active"], transition: "stopping", status: "stopped" },
  ClusterStartRequested: { job: "StartClusters", from: ["stopped"], transition: "starting", status: "active" },
  ClusterDeletionRequested: { job: "DeleteClusters", from: ["active", "stopped", "pending"], transition: "deleting", status: "deleted" },
  ClusterRecoveryRequested: { job: "RecoverClusters", from: ["deleted"], transition: "recovering", status: "active" },
  ClusterCeaseRequested: { job: "CeaseClusters", from: ["deleted"], transition: "ceasing", status: "ceased" },
} as const satisfies { readonly [requested: string]: ActionRow };

export type ActionRequested = keyof typeof actions;

/** The action in hand. */
export type Action = {
  readonly requested: ActionRequested;
  readonly jobId: string;
  /** What the cluster is to be. */
  readonly deployment: Deployment;
  readonly nodeIds: readonly string[];
};

type Address = { readonly nodeId: string; readonly instanceId: string; readonly privateIp: string };

/** The event in which a successful action ends. */
export const completed = (
  clusterId: string,
  { requested, jobId, deployment, nodeIds }: Action,
  addresses: readonly Address[],
): ClusterEvent => {
  const plain = { clusterId, jobId };
  const changed = { ...plain, deployment, addresses };
  const all = { ...plain, nodeIds: deployment.nodes.map(({ nodeId }) => nodeId) };
  switch (requested) {
    case "ClusterDeploymentRequested":
    case "ClusterStartRequested":
    case "ClusterRecoveryRequested":
      return { ...plain, type: "ClusterActivated", addresses };
    case "ClusterUpgradeRequested":
      return { ...changed, type: "ClusterUpgraded" };
    case "ClusterRollbackRequested":
      return { ...changed, type: "ClusterRolledBack" };
    case "ClusterResizeRequested":
      return { ...changed, type: "ClusterResized" };
    case "ClusterEnvUpdateRequested":
      return { ...changed, type: "ClusterEnvUpdated" };
    case "ClusterNodesRequested":
      return { ...changed, type: "ClusterNodesAdded" };
    case "ClusterNodesRemovalRequested":
      return { ...changed, type: "ClusterNodesDeleted", deployment: without(deployment, nodeIds), removedNodeIds: nodeIds };
    case "ClusterStopRequested":
      return { ...all, type: "ClusterStopped" };
    case "ClusterDeletionRequested":
      return { ...all, type: "ClusterDeleted" };
    case "ClusterCeaseRequested":
      return { ...all, type: "ClusterCeased", runtimeId: deployment.runtimeId };
  }
};

/** The event in which an action ends that did not succeed. */
export const failed = (clusterId: string, { requested, jobId, deployment, nodeIds }: Action, reason: string): ClusterEvent => ({
  type: "ClusterActionFailed",
  clusterId,
  jobId,
  reason,
  nodeIds: nodeIds.length > 0 ? nodeIds : deployment.nodes.map(({ nodeId }) => nodeId),
  addedNodeIds: requested === "ClusterNodesRequested" ? nodeIds : [],
});

const without = (deployment: Deployment, nodeIds: readonly string[]): Deployment => ({
  ...deployment,
  nodes: deployment.nodes.filter(({ nodeId }) => !nodeIds.includes(nodeId)),
});
