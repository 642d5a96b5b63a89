import type { Decider } from "../../../events/index.ts";
import type { DiscoveredNode } from "../../../schemas/generated/events.ts";
import { appliedIn, type Deployment, type DeploymentCommand, type DeploymentEvent, inHand } from "./deployment.ts";

type Table = Decider<DeploymentCommand, DeploymentEvent, Deployment>;
type Commands = "ProvisionNode" | "ReleaseNode" | "NoteNodes" | "NoteNodeFailed" | "NoteNodeRecovered" | "NoteObserved";
type Events = "NodeProvisioned" | "NodeReleased" | "NodesDiscovered" | "NodeFailed" | "NodeRecovered" | "DeploymentObserved";

/** The part of the decider that is about nodes: those that a task makes, and those that are found. */
export const nodes: {
  readonly decide: Pick<Table["decide"], Commands>;
  readonly evolve: Pick<Table["evolve"], Events>;
} = {
  decide: {
    ProvisionNode: ({ clusterId, jobId, nodeId, instanceId, privateIp }, { nodes }) =>
      nodes[nodeId]?.instanceId === instanceId && nodes[nodeId].privateIp === privateIp
        ? []
        : [{ type: "NodeProvisioned", clusterId, jobId, nodeId, instanceId, privateIp }],
    ReleaseNode: ({ clusterId, jobId, nodeId }, state) =>
      presentIn(state).includes(nodeId) ? [{ type: "NodeReleased", clusterId, jobId, nodeId }] : [],

    NoteNodes: ({ clusterId, jobId, nodes: found }, state) => {
      const { discovered } = state;
      if (!counts(state, jobId)) return [];
      const nodes = found.toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
      if (JSON.stringify(nodes.map(valuesOf)) === JSON.stringify(discovered.map(valuesOf))) return [];
      const lostNodeIds = discovered.map(({ nodeId }) => nodeId).filter((id) => !nodes.some(({ nodeId }) => nodeId === id));
      return [{ type: "NodesDiscovered", clusterId, nodes, lostNodeIds }];
    },
    NoteNodeFailed: ({ clusterId, nodeId, reason }, state) =>
      healthIn(state, nodeId) === true ? [{ type: "NodeFailed", clusterId, nodeId, reason }] : [],
    NoteNodeRecovered: ({ clusterId, nodeId }, state) =>
      healthIn(state, nodeId) === false ? [{ type: "NodeRecovered", clusterId, nodeId }] : [],
    NoteObserved: ({ clusterId, jobId, endpoints, drift }, state) =>
      !counts(state, jobId) || JSON.stringify([endpoints, drift]) === JSON.stringify([state.found.endpoints, state.found.drift])
        ? []
        : [{ type: "DeploymentObserved", clusterId, endpoints, drift }],
  },

  evolve: {
    NodeProvisioned: (state, { nodeId, instanceId, privateIp }) => ({
      ...state,
      nodes: { ...state.nodes, [nodeId]: { nodeId, instanceId, privateIp } },
    }),
    NodeReleased: (state, { nodeId }) => ({
      ...state,
      nodes: Object.fromEntries(Object.entries(state.nodes).filter(([id]) => id !== nodeId)),
      begun: without(state.begun, nodeId),
      failing: without(state.failing, nodeId),
    }),
    NodesDiscovered: (state, { nodes }) => ({ ...state, discovered: nodes }),
    NodeFailed: (state, { nodeId, reason }) => ({
      ...state,
      failing: state.nodes[nodeId] ? [...without(state.failing, nodeId), nodeId] : state.failing,
      discovered: marked(state.discovered, nodeId, { healthy: false, reason }),
    }),
    NodeRecovered: (state, { nodeId }) => ({
      ...state,
      failing: without(state.failing, nodeId),
      discovered: marked(state.discovered, nodeId, { healthy: true, reason: "" }),
    }),
    DeploymentObserved: (state, { endpoints, drift }) => ({ ...state, found: { endpoints, drift } }),
  },
};

/** The nodes that exist, or may exist. */
export const presentIn = ({ nodes, begun }: Deployment): readonly string[] => [...new Set([...Object.keys(nodes), ...begun])];

/** Whether what was found counts: by a task of the action in hand, or unasked while something runs and no action changes it. */
const counts = (state: Deployment, jobId: string | null): boolean =>
  jobId === null ? (state.current?.over ?? false) && (appliedIn(state)?.runs ?? false) : inHand(state.current, jobId);

/** Whether a node was reported as up last; undefined for a node that is not known. */
const healthIn = ({ nodes, failing, discovered }: Deployment, nodeId: string): boolean | undefined =>
  nodes[nodeId] ? !failing.includes(nodeId) : discovered.find((node) => node.nodeId === nodeId)?.healthy;

const marked = (
  discovered: readonly DiscoveredNode[],
  nodeId: string,
  health: Pick<DiscoveredNode, "healthy" | "reason">,
): readonly DiscoveredNode[] => discovered.map((node) => (node.nodeId === nodeId ? { ...node, ...health } : node));

const valuesOf = ({ nodeId, name, role, instanceId, privateIp, healthy, reason }: DiscoveredNode) =>
  [nodeId, name, role, instanceId, privateIp, healthy, reason] as const;

const without = (nodeIds: readonly string[], nodeId: string): readonly string[] => nodeIds.filter((id) => id !== nodeId);
