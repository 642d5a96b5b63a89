import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { ClusterNode, Deployment as ClusterSpec, DeploymentLayer, DeploymentTask } from "../../../schemas/generated/events.ts";

/** The nodes of a step: `chosen` nodes are added or removed by the action, `others` are the rest. */
export type Which = "all" | "chosen" | "others";

/** One step of an action: a task on each of its nodes, or a lifecycle service of their roles in its order. */
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

/** The steps of each action of a provider, as data. */
export type Plan = { readonly [A in ActionName]?: readonly Step[] };

/** The layers of an action on a cluster: tasks of one layer run in parallel, services ascend by their order. */
export const layersOf = (
  plan: Plan,
  action: ActionName,
  jobId: string,
  deployment: ClusterSpec,
  nodeIds: readonly string[],
  present: ReadonlySet<string>,
): readonly DeploymentLayer[] => {
  const nodes = deployment.nodes.filter(({ nodeId }) => present.has(nodeId));
  const layers = (plan[action] ?? []).flatMap((step) =>
    expand(
      step,
      nodes.filter(({ nodeId }) => chosen(step.on, nodeIds, nodeId)),
      deployment,
    ),
  );
  return layers
    .filter((tasks) => tasks.length > 0)
    .map((tasks, layer) => ({ tasks: tasks.map((task, index) => ({ ...task, taskId: `t-${jobId.slice(2)}-${layer}-${index}` })) }));
};

type Draft = Omit<DeploymentTask, "taskId">;

const chosen = (which: Which, nodeIds: readonly string[], nodeId: string): boolean =>
  which === "all" || nodeIds.includes(nodeId) === (which === "chosen");

const expand = (step: Step, nodes: readonly ClusterNode[], { roles }: ClusterSpec): readonly (readonly Draft[])[] => {
  const failureAllowed = step.failureAllowed ?? false;
  if (step.service === undefined) return [nodes.map(({ nodeId }) => ({ nodeId, action: step.task, directive: "{}", failureAllowed }))];
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
  const allowed = runs.filter(
    ({ role, most, nodeId }) => most === 0 || runs.filter((run) => run.role === role).findIndex((run) => run.nodeId === nodeId) < most,
  );
  const orders = [...new Set(allowed.map(({ order }) => order))].sort((a, b) => a - b);
  return orders.map((order) => allowed.filter((run) => run.order === order).map(({ task }) => task));
};
