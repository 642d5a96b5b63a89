import type { Decider } from "../../../events/index.ts";
import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { DeploymentLayer } from "../../../schemas/generated/events.ts";
import {
  appliedIn,
  type Current,
  type Deployment,
  type DeploymentCommand,
  type DeploymentEvent,
  ending,
  inHand,
  nothingFound,
} from "./deployment.ts";
import { nodes, presentIn } from "./nodes.ts";
import { layersOf, type Plan } from "./plan.ts";
import { undoOf } from "./undo.ts";

/** Actions that create nodes. */
const creating: readonly ActionName[] = ["CreateCluster", "AddClusterNodes"];

/**
 * A provider's deployment of a cluster. Each action is a plan that runs layer by layer. An action that fails is taken back before it says so.
 * A later action supersedes an earlier one.
 */
export const deployment = (plan: Plan): Decider<DeploymentCommand, DeploymentEvent, Deployment> => ({
  key: "clusterId",
  initialState: { nodes: {}, begun: [], failing: [], discovered: [], found: nothingFound, applied: null, current: null },

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

    ...nodes.decide,
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
    DeploymentLayerFinished: (state, { layer }) => change(state, () => ({ layer: layer + 1 })),
    DeploymentAborted: (state, { reason, deployment: description, layer, layers }) =>
      change(state, (current) => ({ failure: reason, description, layer, layers: [...current.layers, ...layers], over: false })),
    DeploymentSucceeded: ({ found, ...state }) => {
      const isEnd = state.current !== null && ending.includes(state.current.action);
      return change({ ...state, found: isEnd ? nothingFound : found }, () => ({ over: true }));
    },
    DeploymentFailed: (state, { reason }) => change(state, () => ({ failure: reason, over: true })),
    ...nodes.evolve,
  },
});

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

const change = (state: Deployment, changes: (current: Current) => Partial<Current>): Deployment => ({
  ...state,
  current: state.current && { ...state.current, ...changes(state.current) },
});
