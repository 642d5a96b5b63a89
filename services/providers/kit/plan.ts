import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { ClusterNode, Deployment as ClusterSpec, DeploymentLayer, DeploymentTask } from "../../../schemas/generated/events.ts";

/** What a step is about. `chosen` nodes are added or removed by the action, `others` are the rest; `cluster` is the cluster as a whole. */
export type Which = "all" | "chosen" | "others" | "cluster";

/** One step of an action: a task on each of its nodes or on the cluster, or a lifecycle service of the nodes' roles in its order. */
export type Step = {
  readonly task: string;
  readonly on: Which;
  /** The package's lifecycle service whose command the task runs. Roles without the service get no task. */
  readonly service?: string;
  /** If set, the step covers only services whose `post_start_service` has this value. */
  readonly postStart?: boolean;
  /** Whether the job continues if the step fails. */
  readonly failureAllowed?: boolean;
};

/** The steps of each action of a provider, as data. It cannot carry out other actions. */
export type Plan = { readonly [A in ActionName]?: readonly Step[] };

/** An action on a cluster. */
export type Work = {
  readonly action: ActionName;
  readonly jobId: string;
  readonly deployment: ClusterSpec;
  /** The chosen nodes. */
  readonly nodeIds: readonly string[];
  /** The nodes that exist, or may exist. */
  readonly present: ReadonlySet<string>;
};

/** The layers of an action: tasks of one layer run in parallel, services ascend by their order. */
export const layersOf = (plan: Plan, work: Work, first = 0): readonly DeploymentLayer[] =>
  numbered([...strays(plan, work), ...stepsOf(plan, work)], work.jobId, first);

/** The layers that take an action back. They begin with this index; none of their failures matters. */
export const undoLayersOf = (plan: Plan, work: Work, first: number): readonly DeploymentLayer[] =>
  numbered(stepsOf(plan, work).map(allowed), work.jobId, first);

type Draft = Omit<DeploymentTask, "taskId">;
type Drafts = readonly Draft[];

const numbered = (layers: readonly Drafts[], jobId: string, first: number): readonly DeploymentLayer[] =>
  layers
    .filter((tasks) => tasks.length > 0)
    .map((tasks, layer) => ({ tasks: tasks.map((task, index) => ({ ...task, taskId: `t-${jobId.slice(2)}-${first + layer}-${index}` })) }));

const allowed = (tasks: Drafts): Drafts => tasks.map((task) => ({ ...task, failureAllowed: true }));

/** Nodes that exist although the cluster does not have them go first: they are of an action that was put aside. */
const strays = (plan: Plan, { deployment, present }: Work): readonly Drafts[] => {
  const strayed = [...present].filter((id) => !deployment.nodes.some(({ nodeId }) => nodeId === id));
  const steps = (plan.CeaseClusters ?? []).filter(({ on, service }) => on !== "cluster" && service === undefined);
  return steps.map(({ task }) => allowed(strayed.map((nodeId) => plain(task, nodeId, true))));
};

const stepsOf = (plan: Plan, { action, deployment, nodeIds, present }: Work): readonly Drafts[] => {
  const nodes = deployment.nodes.filter(({ nodeId }) => present.has(nodeId));
  return (plan[action] ?? []).flatMap((step) => {
    if (step.on === "cluster") return [[plain(step.task, "", step.failureAllowed)]];
    const { on } = step;
    return expand(
      step,
      nodes.filter(({ nodeId }) => on === "all" || nodeIds.includes(nodeId) === (on === "chosen")),
      deployment,
    );
  });
};

const plain = (action: string, nodeId: string, failureAllowed = false): Draft => ({ nodeId, action, directive: "{}", failureAllowed });

const expand = (step: Step, nodes: readonly ClusterNode[], { roles }: ClusterSpec): readonly Drafts[] => {
  const failureAllowed = step.failureAllowed ?? false;
  if (step.service === undefined) return [nodes.map(({ nodeId }) => plain(step.task, nodeId, failureAllowed))];
  const runs = nodes.flatMap(({ nodeId, role }) => {
    const group = roles.find((each) => each.role === role);
    const service = group?.services.find(({ name }) => name === step.service);
    if (!group || !service || (step.postStart !== undefined && service.postStart !== step.postStart)) return [];
    const directive = JSON.stringify({
      service: service.name,
      command: service.command,
      timeoutSeconds: service.timeoutSeconds,
      ...(step.service === "start" && { healthCheck: group.healthCheck }),
    });
    return [
      {
        nodeId,
        role,
        most: service.nodesToExecuteOn,
        order: service.order,
        task: { nodeId, action: step.task, directive, failureAllowed },
      },
    ];
  });
  const chosen = runs.filter(
    ({ role, most, nodeId }) => most === 0 || runs.filter((run) => run.role === role).findIndex((run) => run.nodeId === nodeId) < most,
  );
  const orders = [...new Set(chosen.map(({ order }) => order))].sort((a, b) => a - b);
  return orders.map((order) => chosen.filter((run) => run.order === order).map(({ task }) => task));
};
