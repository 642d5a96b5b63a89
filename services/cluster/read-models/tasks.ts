import type { Meta } from "../../../events/index.ts";
import type { Deployment as ClusterSpec, DeploymentLayer } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";
import { reporterOf } from "../../chassis/provider-names.ts";
import { empty, ownerIn, type Row } from "./owned.ts";

export type TaskDocument = Row & {
  readonly task_id: string;
  readonly job_id: string;
  readonly task_action: string;
  /** Who asked for the job. */
  readonly actor: string;
  readonly status: "pending" | "working" | "successful" | "failed";
  readonly directive: string;
  readonly node_id: string;
  readonly target: string;
  readonly failure_allowed: boolean;
  readonly message: string;
};
const taskOf = ({ taskId }: { readonly taskId: string }) => taskId;

type Planned = { readonly jobId: string; readonly deployment: ClusterSpec; readonly layers: readonly DeploymentLayer[] };
const tasksIn = (layers: readonly DeploymentLayer[]) => layers.flatMap(({ tasks }) => tasks);
/** A provider plans tasks of its own deployments only. */
const idsIn = ({ layers, deployment }: Planned, meta: Meta): readonly string[] =>
  reporterOf(meta) === deployment.provider ? tasksIn(layers).map(taskOf) : [];
const planned = (document: TaskDocument, { jobId, deployment, layers }: Planned, { time, actor }: Meta, id: string): TaskDocument => {
  const task = tasksIn(layers).find(({ taskId }) => taskId === id);
  if (!task) return document;
  const { action, directive, nodeId, failureAllowed } = task;
  return {
    ...document,
    task_id: id,
    job_id: jobId,
    task_action: action,
    directive,
    node_id: nodeId,
    target: deployment.runtimeId,
    failure_allowed: failureAllowed,
    actor: actor.userId,
    ...ownerIn(deployment, actor),
    create_time: time,
    status_time: time,
  };
};
const notDone = (task: TaskDocument, message: string, { time }: Meta): TaskDocument => ({
  ...task,
  status: "failed",
  message,
  status_time: time,
});

/** The tasks that a provider runs for a job. Each document belongs to the stream of the deployment. */
export const tasks: Projection<TaskDocument> = {
  name: "tasks",
  version: 4,
  indexes: ["job_id", "status"],
  initialState: {
    ...empty,
    task_id: "",
    job_id: "",
    task_action: "",
    actor: "",
    status: "pending",
    directive: "",
    node_id: "",
    target: "",
    failure_allowed: false,
    message: "",
  },
  key: {
    DeploymentStarted: idsIn,
    TaskStarted: taskOf,
    TaskSucceeded: taskOf,
    TaskFailed: taskOf,
    DeploymentAborted: (event, meta) => [...idsIn(event, meta), ...event.abandonedTaskIds],
    DeploymentFailed: ({ unstartedTaskIds }) => unstartedTaskIds,
  },

  evolve: {
    DeploymentStarted: planned,
    TaskStarted: (task, _, { time }) => ({ ...task, status: "working", status_time: time }),
    TaskSucceeded: (task, _, { time }) => ({ ...task, status: "successful", status_time: time }),
    TaskFailed: (task, { reason }, meta) => notDone(task, reason, meta),
    DeploymentAborted: (task, event, meta, id) =>
      event.abandonedTaskIds.includes(id) ? notDone(task, event.reason, meta) : planned(task, event, meta, id),
    DeploymentFailed: (task, { reason }, meta) => notDone(task, reason, meta),
  },
};
