import type { Projection } from "../../chassis/events.ts";
import { type Owned, unowned } from "./owned.ts";

export type TaskDocument = Owned & {
  readonly task_id: string;
  readonly job_id: string;
  readonly task_action: string;
  readonly status: "pending" | "working" | "successful" | "failed";
  readonly directive: string;
  readonly node_id: string;
  readonly target: string;
  readonly failure_allowed: boolean;
  readonly message: string;
};
const taskOf = ({ taskId }: { readonly taskId: string }) => taskId;

/** The tasks that a provider runs for a job. Each document belongs to the stream of the deployment. */
export const tasks: Projection<TaskDocument> = {
  name: "tasks",
  version: 1,
  indexes: ["job_id", "status"],
  initialState: {
    ...unowned,
    task_id: "",
    job_id: "",
    task_action: "",
    status: "pending",
    directive: "",
    node_id: "",
    target: "",
    failure_allowed: false,
    message: "",
  },
  key: {
    DeploymentStarted: ({ layers }) => layers.flatMap((layer) => layer.tasks.map(({ taskId }) => taskId)),
    TaskStarted: taskOf,
    TaskSucceeded: taskOf,
    TaskFailed: taskOf,
    DeploymentFailed: ({ unstartedTaskIds }) => unstartedTaskIds,
  },

  evolve: {
    DeploymentStarted: (document, { jobId, deployment, layers }, { time, actor }, id) => {
      const task = layers.flatMap((layer) => layer.tasks).find(({ taskId }) => taskId === id);
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
        owner: actor.userId,
        owner_path: actor.ownerPath,
        create_time: time,
        status_time: time,
      };
    },
    TaskStarted: (task, _, { time }) => ({ ...task, status: "working", status_time: time }),
    TaskSucceeded: (task, _, { time }) => ({ ...task, status: "successful", status_time: time }),
    TaskFailed: (task, { reason }, { time }) => ({ ...task, status: "failed", message: reason, status_time: time }),
    DeploymentFailed: (task, _, { time }) => ({ ...task, status: "failed", message: "an earlier task failed", status_time: time }),
  },
};
