import type { Decider } from "../../../events/index.ts";
import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { Deployment as ClusterSpec, DeploymentLayer, LocalDeploymentEvent, NodeAddress } from "../../../schemas/generated/events.ts";
import { layersOf, type Plan } from "./plan.ts";

/** Every provider announces the same events, each about its own deployments. */
export type DeploymentEvent = LocalDeploymentEvent;

type ActionIds = { readonly clusterId: string; readonly jobId: string };
export type DeploymentCommand =
  | ({
      readonly type: "StartDeployment";
      readonly action: ActionName;
      readonly deployment: ClusterSpec;
      readonly nodeIds: readonly string[];
    } & ActionIds)
  | ({ readonly type: "BeginTask"; readonly taskId: string } & ActionIds)
  | ({ readonly type: "EndTask"; readonly taskId: string; readonly failure: string | null } & ActionIds)
  | ({ readonly type: "ProvisionNode" } & NodeAddress & ActionIds)
  | ({ readonly type: "ReleaseNode"; readonly nodeId: string } & ActionIds)
  | ({
      readonly type: "FinishLayer";
      readonly layer: number;
      readonly failures: readonly { readonly taskId: string; readonly reason: string }[];
    } & ActionIds)
  | { readonly type: "NoteNodeFailed"; readonly clusterId: string; readonly nodeId: string; readonly reason: string }
  | { readonly type: "NoteNodeRecovered"; readonly clusterId: string; readonly nodeId: string };

export type Deployment = {
  /** The existing nodes and their addresses. */
  readonly nodes: { readonly [nodeId: string]: NodeAddress };
  /** Nodes whose provider last reported them as down. */
  readonly failing: readonly string[];
  /** The current action, or else the last one. */
  readonly current: Current | null;
};
export type Current = {
  readonly jobId: string;
  readonly action: string;
  readonly description: ClusterSpec;
  /** The nodes that the action affects; empty for all nodes. */
  readonly nodeIds: readonly string[];
  readonly layers: readonly DeploymentLayer[];
  /** The index of the running layer. */
  readonly layer: number;
  readonly begun: readonly string[];
  /** The finished tasks: null for success, else the reason of the failure. */
  readonly ended: { readonly [taskId: string]: string | null };
  readonly over: boolean;
};

/** Actions that create nodes. */
const creating: readonly ActionName[] = ["CreateCluster", "AddClusterNodes"];

/** A provider's deployment of a cluster. Each action is a plan that runs layer by layer. A later action supersedes an earlier one. */
export const deployment = (plan: Plan): Decider<DeploymentCommand, DeploymentEvent, Deployment> => ({
  key: "clusterId",
  initialState: { nodes: {}, failing: [], current: null },

  decide: {
    StartDeployment: ({ clusterId, jobId, action, deployment: description, nodeIds }, { nodes, current }) => {
      if (current?.jobId === jobId) return [];
      const there = description.nodes.map(({ nodeId }) => nodeId).filter((nodeId) => creating.includes(action) || nodes[nodeId]);
      const layers = layersOf(plan, action, jobId, description, nodeIds, new Set(there));
      const started = { type: "DeploymentStarted", clusterId, jobId, action, deployment: description, nodeIds, layers } as const;
      return layers.length > 0 ? [started] : [started, { type: "DeploymentSucceeded", clusterId, jobId, addresses: Object.values(nodes) }];
    },
    BeginTask: ({ clusterId, jobId, taskId }, { current }) =>
      inHand(current, jobId) && !current.begun.includes(taskId) ? [{ type: "TaskStarted", clusterId, jobId, taskId }] : [],
    EndTask: ({ clusterId, jobId, taskId, failure }, { current }) => {
      if (!inHand(current, jobId) || taskId in current.ended) return [];
      return [
        failure === null
          ? { type: "TaskSucceeded", clusterId, jobId, taskId }
          : { type: "TaskFailed", clusterId, jobId, taskId, reason: failure },
      ];
    },
    ProvisionNode: ({ clusterId, jobId, nodeId, instanceId, privateIp }, { nodes }) =>
      nodes[nodeId]?.instanceId === instanceId && nodes[nodeId].privateIp === privateIp
        ? []
        : [{ type: "NodeProvisioned", clusterId, jobId, nodeId, instanceId, privateIp }],
    ReleaseNode: ({ clusterId, jobId, nodeId }, { nodes }) => (nodes[nodeId] ? [{ type: "NodeReleased", clusterId, jobId, nodeId }] : []),

    FinishLayer: ({ clusterId, jobId, layer, failures }, { nodes, current }) => {
      if (!inHand(current, jobId) || current.layer !== layer) return [];
      const tasks = current.layers[layer]?.tasks ?? [];
      const serious = failures.find(({ taskId }) => !tasks.find((task) => task.taskId === taskId)?.failureAllowed);
      if (serious) {
        const failed = tasks.find(({ taskId }) => taskId === serious.taskId);
        const reason = `${failed?.action ?? "task"} on ${failed?.nodeId || "the cluster"} failed: ${serious.reason}`;
        const unstartedTaskIds = current.layers.slice(layer + 1).flatMap((later) => later.tasks.map(({ taskId }) => taskId));
        return [{ type: "DeploymentFailed", clusterId, jobId, reason, unstartedTaskIds }];
      }
      if (layer + 1 < current.layers.length) return [{ type: "DeploymentLayerFinished", clusterId, jobId, layer }];
      return [{ type: "DeploymentSucceeded", clusterId, jobId, addresses: Object.values(nodes) }];
    },

    NoteNodeFailed: ({ clusterId, nodeId, reason }, { nodes, failing }) =>
      nodes[nodeId] && !failing.includes(nodeId) ? [{ type: "NodeFailed", clusterId, nodeId, reason }] : [],
    NoteNodeRecovered: ({ clusterId, nodeId }, { failing }) =>
      failing.includes(nodeId) ? [{ type: "NodeRecovered", clusterId, nodeId }] : [],
  },

  evolve: {
    DeploymentStarted: (state, { jobId, action, deployment: description, nodeIds, layers }) => ({
      ...state,
      current: { jobId, action, description, nodeIds, layers, layer: 0, begun: [], ended: {}, over: false },
    }),
    TaskStarted: (state, { taskId }) => change(state, ({ begun }) => ({ begun: [...begun, taskId] })),
    TaskSucceeded: (state, { taskId }) => change(state, ({ ended }) => ({ ended: { ...ended, [taskId]: null } })),
    TaskFailed: (state, { taskId, reason }) => change(state, ({ ended }) => ({ ended: { ...ended, [taskId]: reason } })),
    NodeProvisioned: (state, { nodeId, instanceId, privateIp }) => ({
      ...state,
      nodes: { ...state.nodes, [nodeId]: { nodeId, instanceId, privateIp } },
    }),
    NodeReleased: (state, { nodeId }) => ({
      ...state,
      nodes: Object.fromEntries(Object.entries(state.nodes).filter(([id]) => id !== nodeId)),
      failing: without(state.failing, nodeId),
    }),
    NodeFailed: (state, { nodeId }) => ({ ...state, failing: [...without(state.failing, nodeId), nodeId] }),
    NodeRecovered: (state, { nodeId }) => ({ ...state, failing: without(state.failing, nodeId) }),
    DeploymentLayerFinished: (state, { layer }) => change(state, () => ({ layer: layer + 1 })),
    DeploymentSucceeded: (state) => change(state, () => ({ over: true })),
    DeploymentFailed: (state) => change(state, () => ({ over: true })),
  },
});

const inHand = (current: Current | null, jobId: string): current is Current => current?.jobId === jobId && !current.over;

const without = (nodeIds: readonly string[], nodeId: string): readonly string[] => nodeIds.filter((id) => id !== nodeId);

const change = (state: Deployment, changes: (current: Current) => Partial<Current>): Deployment => ({
  ...state,
  current: state.current && { ...state.current, ...changes(state.current) },
});
