import type { ActionEvent } from "../../schemas/generated/actions.ts";
import type { ClusterEvent, Deployment as ClusterSpec } from "../../schemas/generated/events.ts";

export type ClusterStatus = "pending" | "active" | "stopped" | "deleted" | "ceased";

/** One action on an existing cluster: the statuses that allow it, its event, its transition status, and the status in which it ends. */
export type ActionRow = {
  readonly from: readonly ClusterStatus[];
  readonly transition: string;
  readonly status: ClusterStatus;
};

export const actions = {
  ClusterDeploymentRequested: { from: ["pending"], transition: "creating", status: "active" },
  ClusterUpgradeRequested: { from: ["active"], transition: "upgrading", status: "active" },
  ClusterRollbackRequested: { from: ["active"], transition: "rollbacking", status: "active" },
  ClusterResizeRequested: { from: ["active"], transition: "resizing", status: "active" },
  ClusterEnvUpdateRequested: { from: ["active"], transition: "updating", status: "active" },
  ClusterNodesRequested: { from: ["active"], transition: "scaling", status: "active" },
  ClusterNodesRemovalRequested: { from: ["active"], transition: "scaling", status: "active" },
  ClusterStopRequested: { from: ["active"], transition: "stopping", status: "stopped" },
  ClusterStartRequested: { from: ["stopped"], transition: "starting", status: "active" },
  ClusterDeletionRequested: { from: ["active", "stopped", "pending"], transition: "deleting", status: "deleted" },
  ClusterRecoveryRequested: { from: ["deleted"], transition: "recovering", status: "active" },
  ClusterCeaseRequested: { from: ["deleted"], transition: "ceasing", status: "ceased" },
} as const satisfies { readonly [T in ActionRequested]: ActionRow };

/** The events that request an action from a provider. A new cluster's provider acts on `ClusterDeploymentRequested`. */
export type ActionRequested = Exclude<ActionEvent, "ClusterRequested">;

/** The current action. */
export type Action = {
  readonly requested: ActionRequested;
  readonly jobId: string;
  /** The cluster's target state. */
  readonly deployment: ClusterSpec;
  readonly nodeIds: readonly string[];
  /** Whether it ends at its deadline as if its provider had reported success. */
  readonly force: boolean;
};

type Address = { readonly nodeId: string; readonly instanceId: string; readonly privateIp: string };

/** The event that ends a successful action. `revision`: the number of the deployed state, if it is another one then. */
export const completed = (
  clusterId: string,
  { requested, jobId, deployment, nodeIds }: Action,
  addresses: readonly Address[],
  revision: number,
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
      return { ...changed, type: "ClusterUpgraded", revision };
    case "ClusterRollbackRequested":
      return { ...changed, type: "ClusterRolledBack", revision };
    case "ClusterResizeRequested":
      return { ...changed, type: "ClusterResized", revision };
    case "ClusterEnvUpdateRequested":
      return { ...changed, type: "ClusterEnvUpdated", revision };
    case "ClusterNodesRequested":
      return { ...changed, type: "ClusterNodesAdded" };
    case "ClusterNodesRemovalRequested":
      return {
        ...changed,
        type: "ClusterNodesDeleted",
        deployment: without(deployment, nodeIds),
        removedNodeIds: planned(deployment, nodeIds),
      };
    case "ClusterStopRequested":
      return { ...all, type: "ClusterStopped" };
    case "ClusterDeletionRequested":
      return { ...all, type: "ClusterDeleted" };
    case "ClusterCeaseRequested":
      return { ...all, type: "ClusterCeased", runtimeId: deployment.runtimeId };
  }
};

/** The event that ends a failed action. The provider is the one that the cluster gives up waiting for. */
export const failed = (
  clusterId: string,
  { requested, jobId, deployment, nodeIds }: Action,
  reason: string,
  provider = "",
): ClusterEvent => ({
  type: "ClusterActionFailed",
  clusterId,
  jobId,
  reason,
  nodeIds: nodeIds.length > 0 ? nodeIds : deployment.nodes.map(({ nodeId }) => nodeId),
  addedNodeIds: requested === "ClusterNodesRequested" ? nodeIds : [],
  provider,
});

/** Of nodes that are not planned, their provider says which are gone. */
const planned = ({ nodes }: ClusterSpec, nodeIds: readonly string[]): readonly string[] =>
  nodeIds.filter((id) => nodes.some(({ nodeId }) => nodeId === id));

const without = (deployment: ClusterSpec, nodeIds: readonly string[]): ClusterSpec => ({
  ...deployment,
  nodes: deployment.nodes.filter(({ nodeId }) => !nodeIds.includes(nodeId)),
});
