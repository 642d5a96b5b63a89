import type { Decider } from "../../../events/index.ts";
import type { ActionName } from "../../../schemas/generated/actions.ts";
import type {
  Deployment as ClusterSpec,
  DeploymentLayer,
  DiscoveredNode,
  LocalDeploymentEvent,
  NodeAddress,
} from "../../../schemas/generated/events.ts";
import { layersOf, type Plan } from "./plan.ts";
import { type Applied, undoOf } from "./undo.ts";

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
  /** The provider's own deadline is over. */
  | ({ readonly type: "ExpireDeployment"; readonly seconds: number } & ActionIds)
  /** The cluster says that the action failed, whatever the provider says. */
  | ({ readonly type: "AbortDeployment"; readonly reason: string } & ActionIds)
  /** All nodes that the provider finds now, where they are not planned. */
  | { readonly type: "NoteNodes"; readonly clusterId: string; readonly nodes: readonly DiscoveredNode[] }
  | { readonly type: "NoteNodeFailed"; readonly clusterId: string; readonly nodeId: string; readonly reason: string }
  | { readonly type: "NoteNodeRecovered"; readonly clusterId: string; readonly nodeId: string };

export type Deployment = {
  /** The existing nodes and their addresses. */
  readonly nodes: { readonly [nodeId: string]: NodeAddress };
  /** Nodes whose creation has begun: they may exist. */
  readonly begun: readonly string[];
  /** Nodes whose provider last reported them as down. */
  readonly failing: readonly string[];
  /** Nodes that are not planned, as they were found last. */
  readonly discovered: readonly DiscoveredNode[];
  /** What the actions before the current one have left; null if none has succeeded. */
  readonly applied: Applied | null;
  /** The current action, or else the last one. */
  readonly current: Current | null;
};
export type Current = {
  readonly jobId: string;
  readonly action: ActionName;
  readonly description: ClusterSpec;
  /** The nodes that the action affects; empty for all nodes. */
  readonly nodeIds: readonly string[];
  readonly layers: readonly DeploymentLayer[];
  /** The index of the running layer. */
  readonly layer: number;
  readonly begun: readonly string[];
  /** The finished tasks: null for success, else the reason of the failure. */
  readonly ended: { readonly [taskId: string]: string | null };
  /** Why the action fails: from now on its layers take it back. */
  readonly failure: string | null;
  readonly over: boolean;
};

/** Actions that create nodes. */
const creating: readonly ActionName[] = ["CreateCluster", "AddClusterNodes"];

/**
 * A provider's deployment of a cluster. Each action is a plan that runs layer by layer. An action that fails is taken back before it says so.
 * A later action supersedes an earlier one.
 */
export const deployment = (plan: Plan): Decider<DeploymentCommand, DeploymentEvent, Deployment> => ({
  key: "clusterId",
  initialState: { nodes: {}, begun: [], failing: [], discovered: [], applied: null, current: null },

  decide: {
    StartDeployment: ({ clusterId, jobId, action, deployment: description, nodeIds }, state) => {
      if (state.current?.jobId === jobId) return [];
      const described = creating.includes(action) ? description.nodes.map(({ nodeId }) => nodeId) : [];
      const present = new Set([...presentIn(state), ...described]);
      const layers = layersOf(plan, { action, jobId, deployment: description, nodeIds, present });
      const started = { type: "DeploymentStarted", clusterId, jobId, action, deployment: description, nodeIds, layers } as const;
      if (!plan[action]) {
        const reason = `provider ${description.provider} does not carry out ${action}`;
        return [started, { type: "DeploymentFailed", clusterId, jobId, reason, unstartedTaskIds: idsIn(layers) }];
      }
      return layers.length > 0 ? [started] : [started, succeeded(clusterId, jobId, state)];
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
    ReleaseNode: ({ clusterId, jobId, nodeId }, state) =>
      presentIn(state).includes(nodeId) ? [{ type: "NodeReleased", clusterId, jobId, nodeId }] : [],

    FinishLayer: ({ clusterId, jobId, layer, failures }, state) => {
      const { current } = state;
      if (!inHand(current, jobId) || current.layer !== layer) return [];
      const tasks = current.layers[layer]?.tasks ?? [];
      const serious = failures.find(({ taskId }) => !tasks.find((task) => task.taskId === taskId)?.failureAllowed);
      if (serious) {
        const failed = tasks.find(({ taskId }) => taskId === serious.taskId);
        const reason = `${failed?.action ?? "task"} on ${failed?.nodeId || "the cluster"} failed: ${serious.reason}`;
        return failing(plan, clusterId, state, current, reason, layer + 1);
      }
      if (layer + 1 < current.layers.length) return [{ type: "DeploymentLayerFinished", clusterId, jobId, layer }];
      if (current.failure === null) return [succeeded(clusterId, jobId, state)];
      return [{ type: "DeploymentFailed", clusterId, jobId, reason: current.failure, unstartedTaskIds: [] }];
    },

    ExpireDeployment: ({ clusterId, jobId, seconds }, state) =>
      inHand(state.current, jobId) && state.current.failure === null
        ? failing(plan, clusterId, state, state.current, `the action was not finished within ${seconds} s`)
        : [],
    AbortDeployment: ({ clusterId, jobId, reason }, state) =>
      state.current?.jobId === jobId && state.current.failure === null ? failing(plan, clusterId, state, state.current, reason) : [],

    NoteNodes: ({ clusterId, nodes: found }, { discovered }) => {
      const nodes = found.toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
      if (JSON.stringify(nodes.map(valuesOf)) === JSON.stringify(discovered.map(valuesOf))) return [];
      const lostNodeIds = discovered.map(({ nodeId }) => nodeId).filter((id) => !nodes.some(({ nodeId }) => nodeId === id));
      return [{ type: "NodesDiscovered", clusterId, nodes, lostNodeIds }];
    },
    NoteNodeFailed: ({ clusterId, nodeId, reason }, { nodes, failing: down }) =>
      nodes[nodeId] && !down.includes(nodeId) ? [{ type: "NodeFailed", clusterId, nodeId, reason }] : [],
    NoteNodeRecovered: ({ clusterId, nodeId }, { failing: down }) =>
      down.includes(nodeId) ? [{ type: "NodeRecovered", clusterId, nodeId }] : [],
  },

  evolve: {
    DeploymentStarted: (state, { jobId, action, deployment: description, nodeIds, layers }) => ({
      ...state,
      applied: appliedIn(state),
      // Only actions of the platform were ever started.
      current: {
        ...{ jobId, action: action as ActionName, description, nodeIds, layers },
        ...{ layer: 0, begun: [], ended: {}, failure: null, over: false },
      },
    }),
    TaskStarted: (state, { taskId }) => ({
      ...change(state, ({ begun }) => ({ begun: [...begun, taskId] })),
      begun: [...new Set([...state.begun, ...createdBy(state.current, taskId)])],
    }),
    TaskSucceeded: (state, { taskId }) => change(state, ({ ended }) => ({ ended: { ...ended, [taskId]: null } })),
    TaskFailed: (state, { taskId, reason }) => change(state, ({ ended }) => ({ ended: { ...ended, [taskId]: reason } })),
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
    NodeFailed: (state, { nodeId }) => ({ ...state, failing: [...without(state.failing, nodeId), nodeId] }),
    NodeRecovered: (state, { nodeId }) => ({ ...state, failing: without(state.failing, nodeId) }),
    DeploymentLayerFinished: (state, { layer }) => change(state, () => ({ layer: layer + 1 })),
    DeploymentAborted: (state, { reason, deployment: description, layer, layers }) =>
      change(state, (current) => ({ failure: reason, description, layer, layers: [...current.layers, ...layers], over: false })),
    DeploymentSucceeded: (state) => change(state, () => ({ over: true })),
    DeploymentFailed: (state, { reason }) => change(state, () => ({ failure: reason, over: true })),
  },
});

const valuesOf = ({ nodeId, name, role, instanceId, privateIp, healthy, reason }: DiscoveredNode) =>
  [nodeId, name, role, instanceId, privateIp, healthy, reason] as const;

const inHand = (current: Current | null, jobId: string): current is Current => current?.jobId === jobId && !current.over;

const presentIn = ({ nodes, begun }: Deployment): readonly string[] => [...new Set([...Object.keys(nodes), ...begun])];

const succeeded = (clusterId: string, jobId: string, { nodes }: Deployment) =>
  ({ type: "DeploymentSucceeded", clusterId, jobId, addresses: Object.values(nodes) }) as const;

/** The action fails, at once if there is nothing to take back. */
const failing = (
  plan: Plan,
  clusterId: string,
  state: Deployment,
  current: Current,
  reason: string,
  unended = current.layer,
): readonly DeploymentEvent[] => {
  const { jobId, layers: own } = current;
  const undo = undoOf(plan, { ...current, applied: state.applied, present: new Set(presentIn(state)), layers: own.length });
  const { deployment: description, layers } = undo;
  const open = idsIn(own.slice(unended)).filter((taskId) => !(taskId in current.ended));
  const ids = { clusterId, jobId, reason };
  return layers.length > 0
    ? [{ type: "DeploymentAborted", ...ids, deployment: description, layer: own.length, layers, abandonedTaskIds: open }]
    : [{ type: "DeploymentFailed", ...ids, unstartedTaskIds: open }];
};

const idsIn = (layers: readonly DeploymentLayer[]): readonly string[] => layers.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId));

/** The node that a task of an action creates, or completes. */
const createdBy = (current: Current | null, taskId: string): readonly string[] => {
  if (!current || current.failure !== null || !creating.includes(current.action)) return [];
  const task = current.layers.flatMap(({ tasks }) => tasks).find((each) => each.taskId === taskId);
  const isNew = current.action === "CreateCluster" || current.nodeIds.includes(task?.nodeId ?? "");
  return task?.nodeId && isNew ? [task.nodeId] : [];
};

/** Actions after which nothing runs. */
const ending: readonly ActionName[] = ["StopClusters", "DeleteClusters", "CeaseClusters"];

/** What there is when the next action begins. */
const appliedIn = ({ applied, current }: Deployment): Applied | null => {
  if (!current?.over || current.failure !== null) return applied;
  const { action, description, nodeIds } = current;
  const nodes = description.nodes.filter(({ nodeId }) => action !== "DeleteClusterNodes" || !nodeIds.includes(nodeId));
  return { description: { ...description, nodes }, runs: !ending.includes(action) };
};

const without = (nodeIds: readonly string[], nodeId: string): readonly string[] => nodeIds.filter((id) => id !== nodeId);

const change = (state: Deployment, changes: (current: Current) => Partial<Current>): Deployment => ({
  ...state,
  current: state.current && { ...state.current, ...changes(state.current) },
});
