import type { Meta } from "../../../events/index.ts";
import type { ClusterNodesDiscovered, Deployment as ClusterSpec, DiscoveredNode, NodeAddress } from "../../../schemas/generated/events.ts";
import { ownedBy } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { type ActionRequested, actions } from "../actions.ts";
import { empty, ownerIn, type Row } from "./owned.ts";

export type ClusterNodeDocument = Row & {
  readonly node_id: string;
  readonly cluster_id: string;
  readonly name: string;
  readonly role: string;
  readonly server_id: number;
  readonly instance_id: string;
  readonly private_ip: string;
  readonly status: "pending" | "active" | "stopped" | "deleted" | "ceased";
  readonly transition_status: string;
  /** Empty while the node should not run. */
  readonly health_status: "" | "healthy" | "unhealthy";
  /** What keeps it from being healthy; empty if nothing is known. */
  readonly health_message: string;
};

type OfNodes = { readonly deployment: ClusterSpec };
const allNodes = ({ deployment }: OfNodes): readonly string[] => deployment.nodes.map(({ nodeId }) => nodeId);
const placed = (node: ClusterNodeDocument, addresses: readonly NodeAddress[], time: string): ClusterNodeDocument => {
  const address = addresses.find(({ nodeId }) => nodeId === node.node_id);
  return address
    ? {
        ...node,
        instance_id: address.instanceId,
        private_ip: address.privateIp,
        status: "active",
        transition_status: "",
        health_status: node.health_status || "healthy",
        status_time: time,
      }
    : { ...node, transition_status: "" };
};
const planned = (
  node: ClusterNodeDocument,
  { clusterId, deployment }: OfNodes & { readonly clusterId: string },
  { time, actor }: Meta,
  id: string,
): ClusterNodeDocument => {
  const plan = deployment.nodes.find(({ nodeId }) => nodeId === id);
  return {
    ...node,
    node_id: id,
    cluster_id: clusterId,
    name: plan?.name ?? "",
    role: plan?.role ?? "",
    server_id: plan?.serverId ?? 0,
    transition_status: "creating",
    ...ownerIn(deployment, actor),
    create_time: time,
    status_time: time,
  };
};
/** A node that is not planned. It has a name of its own unless it was renamed. */
const discovered = (
  node: ClusterNodeDocument,
  { nodeId, name, role, instanceId, privateIp, healthy, reason }: DiscoveredNode,
  { clusterId, owner, ownerPath }: ClusterNodesDiscovered,
  time: string,
): ClusterNodeDocument => ({
  ...node,
  ...{ node_id: nodeId, cluster_id: clusterId, name: node.name || name, role, instance_id: instanceId, private_ip: privateIp },
  ...{
    status: privateIp === "" ? "pending" : "active",
    transition_status: "",
    health_status: healthy ? "healthy" : "unhealthy",
    health_message: reason,
  },
  ...ownedBy({ owner, ownerPath }),
  create_time: node.create_time || time,
  status_time: time,
});
const atRest = (node: ClusterNodeDocument, status: "stopped" | "deleted" | "ceased", time: string): ClusterNodeDocument => ({
  ...node,
  status,
  transition_status: "",
  health_status: "",
  health_message: "",
  status_time: time,
});
const moving = (node: ClusterNodeDocument, { type }: { readonly type: ActionRequested }) => ({
  ...node,
  transition_status: actions[type].transition,
});

/** The nodes of all clusters. Each document belongs to the stream of its cluster. */
export const clusterNodes: Projection<ClusterNodeDocument> = {
  name: "clusterNodes",
  version: 5,
  indexes: ["cluster_id", "role", "status"],
  initialState: {
    ...empty,
    node_id: "",
    cluster_id: "",
    name: "",
    role: "",
    server_id: 0,
    instance_id: "",
    private_ip: "",
    status: "pending",
    transition_status: "",
    health_status: "",
    health_message: "",
  },
  key: {
    ClusterRequested: allNodes,
    ClusterNodesRequested: ({ nodeIds }) => nodeIds,
    ClusterNodesRemovalRequested: ({ nodeIds }) => nodeIds,
    ClusterStopRequested: allNodes,
    ClusterStartRequested: allNodes,
    ClusterDeletionRequested: allNodes,
    ClusterRecoveryRequested: allNodes,
    ClusterCeaseRequested: allNodes,
    ClusterActivated: ({ addresses }) => addresses.map(({ nodeId }) => nodeId),
    ClusterNodesAdded: ({ addresses }) => addresses.map(({ nodeId }) => nodeId),
    ClusterNodesDeleted: ({ removedNodeIds }) => removedNodeIds,
    ClusterStopped: ({ nodeIds }) => nodeIds,
    ClusterDeleted: ({ nodeIds }) => nodeIds,
    ClusterCeased: ({ nodeIds }) => nodeIds,
    ClusterActionFailed: ({ nodeIds }) => nodeIds,
    ClusterNodeRenamed: ({ nodeId }) => nodeId,
    ClusterNodesDiscovered: ({ nodes, lostNodeIds }) => [...nodes.map(({ nodeId }) => nodeId), ...lostNodeIds],
    ClusterNodeFailed: ({ nodeId }) => nodeId,
    ClusterNodeRecovered: ({ nodeId }) => nodeId,
  },

  evolve: {
    ClusterRequested: planned,
    ClusterNodesRequested: planned,
    ClusterNodesRemovalRequested: (node) => ({ ...node, transition_status: "deleting" }),
    ClusterStopRequested: moving,
    ClusterStartRequested: moving,
    ClusterDeletionRequested: moving,
    ClusterRecoveryRequested: moving,
    ClusterCeaseRequested: moving,
    ClusterActivated: (node, { addresses }, { time }) => placed(node, addresses, time),
    ClusterNodesAdded: (node, { addresses }, { time }) => placed(node, addresses, time),
    ClusterNodesDeleted: (node, _, { time }) => atRest(node, "deleted", time),
    ClusterStopped: (node, _, { time }) => atRest(node, "stopped", time),
    ClusterDeleted: (node, _, { time }) => atRest(node, "deleted", time),
    ClusterCeased: (node, _, { time }) => atRest(node, "ceased", time),
    ClusterActionFailed: (node, { addedNodeIds }, { time }, id) =>
      addedNodeIds.includes(id) ? atRest(node, "deleted", time) : { ...node, transition_status: "" },
    ClusterNodeRenamed: (node, { name }) => ({ ...node, name }),
    ClusterNodesDiscovered: (node, event, { time }, id) => {
      const found = event.nodes.find(({ nodeId }) => nodeId === id);
      return found ? discovered(node, found, event, time) : atRest(node, "deleted", time);
    },
    ClusterNodeFailed: (node, { reason }) => ({ ...node, health_status: "unhealthy", health_message: reason }),
    ClusterNodeRecovered: (node) => ({ ...node, health_status: "healthy", health_message: "" }),
  },
};
