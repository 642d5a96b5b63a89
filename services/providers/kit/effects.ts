import { type Effect, type EffectContext, type Effects, effect, type Of } from "../../../events/index.ts";
import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import type { Current, Deployment, DeploymentCommand, DeploymentEvent } from "./deployment.ts";

/** A definitive failure of a task: the port worked, but the answer is no, so that a retry is useless. */
export class TaskFailure extends Error {
  override name = "TaskFailure";
}

export type TaskContext<Outside> = {
  readonly outside: Outside;
  readonly clusterId: string;
  readonly jobId: string;
  readonly current: Current;
  readonly nodes: Deployment["nodes"];
  /** Nodes that are not planned, as they were found last. */
  readonly discovered: Deployment["discovered"];
  readonly signal: AbortSignal;
  readonly report: (command: Reported) => Promise<void>;
};

/** The tasks of a provider by name. Each task must be idempotent, because it may run again after a crash. */
export type TaskTable<Outside> = { readonly [action: string]: (task: DeploymentTask, context: TaskContext<Outside>) => Promise<void> };

/** The progress reports of a layer, about its tasks and nodes. */
const reports = ["BeginTask", "EndTask", "ProvisionNode", "ReleaseNode", "NoteNodes", "NoteNodeRecovered", "NoteObserved"] as const;
export type Reported = Of<DeploymentCommand, (typeof reports)[number]>;

type Begun = { readonly type: string; readonly clusterId: string; readonly jobId: string };
const HOUR = 3_600_000;

/** A layer is one effect. Its tasks run in parallel and report progress. Tasks that ended before a crash do not run again. */
const layerEffect = <Outside>(
  tasks: TaskTable<Outside>,
  layerOf: (event: Begun & { readonly layer?: number }) => number,
): Effect<Outside, DeploymentCommand, Begun & { readonly layer?: number }, Deployment> =>
  effect({
    ends: ["FinishLayer"],
    reports,
    isStillNeeded: ({ current }, event) => current?.jobId === event.jobId && !current.over && current.layer === layerOf(event),
    target: (_, { current }) => current?.description.runtimeId ?? "",
    timeout: HOUR,
    run: async (event, context) => {
      const { clusterId, jobId } = event;
      const layer = layerOf(event);
      const current = context.state.current;
      const failures = await Promise.all((current?.layers[layer]?.tasks ?? []).map((task) => carryOut(tasks, task, event, context)));
      return { type: "FinishLayer", clusterId, jobId, layer, failures: failures.flat() };
    },
  });

const carryOut = async <Outside>(
  tasks: TaskTable<Outside>,
  task: DeploymentTask,
  { clusterId, jobId }: Begun,
  { outside, state, report, signal }: EffectContext<Outside, Reported, Deployment>,
) => {
  const { current, nodes, discovered } = state;
  const { taskId } = task;
  const before = current?.ended[taskId];
  if (current === null || before === null) return [];
  if (before !== undefined) return [{ taskId, reason: before }];
  await report({ type: "BeginTask", clusterId, jobId, taskId });
  try {
    const run = tasks[task.action];
    if (!run) throw new TaskFailure(`this provider has no task ${task.action}`);
    await run(task, { outside, clusterId, jobId, current, nodes, discovered, signal, report });
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    await report({ type: "EndTask", clusterId, jobId, taskId, failure: error.message });
    return [{ taskId, reason: error.message }];
  }
  await report({ type: "EndTask", clusterId, jobId, taskId, failure: null });
  return [];
};

export const effectsOf = <Outside>(tasks: TaskTable<Outside>): Effects<Outside, DeploymentCommand, DeploymentEvent, Deployment> => ({
  DeploymentStarted: layerEffect(tasks, () => 0),
  DeploymentLayerFinished: layerEffect(tasks, ({ layer = 0 }) => layer + 1),
  DeploymentAborted: layerEffect(tasks, ({ layer = 0 }) => layer),
});
