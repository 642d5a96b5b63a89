import type { Meta } from "../../../events/index.ts";
import type { Deployment as ClusterSpec, DeploymentLayer } from "../../../schemas/generated/events.ts";
import { deleted, type Projection } from "../../chassis/events.ts";
import { reporterOf } from "../../chassis/provider-names.ts";
import { empty, ownerIn, type Row } from "./owned.ts";

export type TaskDocument = Row & {
  readonly task_id: string;
  /** Whose task it is. */
  readonly provider: string;
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
type Task = { readonly taskId: string };
/** The id of a document: with the provider, so that what another one reports of a task changes nothing. */
const idOf = (taskId: string, meta: Meta): string => `${reporterOf(meta)}/${taskId}`;
const taskOf = ({ taskId }: Task, meta: Meta) => idOf(taskId, meta);

type Planned = { readonly jobId: string; readonly deployment: ClusterSpec; readonly layers: readonly DeploymentLayer[] };
const tasksIn = (layers: readonly DeploymentLayer[]) => layers.flatMap(({ tasks }) => tasks);
/** A provider plans tasks of its own deployments only. */
const idsIn = ({ layers, deployment }: Planned, meta: Meta): readonly string[] =>
  reporterOf(meta) === deployment.provider ? tasksIn(layers).map((task) => taskOf(task, meta)) : [];
const planned = (document: TaskDocument, { jobId, deployment, layers }: Planned, meta: Meta, id: string): TaskDocument => {
  const { time, actor } = meta;
  const task = tasksIn(layers).find((each) => taskOf(each, meta) === id);
  if (!task) return document;
  const { action, directive, nodeId, failureAllowed } = task;
  return {
    ...document,
    task_id: task.taskId,
    provider: reporterOf(meta),
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
/** What a provider reports of a task that it has planned. */
const became = (
  task: TaskDocument,
  { time }: Meta,
  change: Partial<Pick<TaskDocument, "status" | "message">>,
): TaskDocument | typeof deleted => (task.task_id === "" ? deleted : { ...task, ...change, status_time: time });

/** The tasks that a provider runs for a job. Each document belongs to the stream of the deployment. */
export const tasks: Projection<TaskDocument> = {
  name: "tasks",
  version: 6,
  indexes: ["job_id", "status"],
  initialState: {
    ...empty,
    task_id: "",
    provider: "",
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
    DeploymentAborted: (event, meta) => [...idsIn(event, meta), ...event.abandonedTaskIds.map((taskId) => idOf(taskId, meta))],
    DeploymentFailed: ({ unstartedTaskIds }, meta) => unstartedTaskIds.map((taskId) => idOf(taskId, meta)),
  },

  evolve: {
    DeploymentStarted: planned,
    TaskStarted: (task, _, meta) => became(task, meta, { status: "working" }),
    TaskSucceeded: (task, _, meta) => became(task, meta, { status: "successful" }),
    TaskFailed: (task, { reason: message }, meta) => became(task, meta, { status: "failed", message }),
    DeploymentAborted: (task, event, meta, id) =>
      event.abandonedTaskIds.includes(task.task_id)
        ? became(task, meta, { status: "failed", message: event.reason })
        : planned(task, event, meta, id),
    DeploymentFailed: (task, { reason: message }, meta) => became(task, meta, { status: "failed", message }),
  },
};
