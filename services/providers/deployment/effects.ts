import { type Effect, type EffectContext, type Effects, effect, type Of } from "../../../events/index.ts";
import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import type { Current, Deployment, DeploymentCommand, DeploymentEvent } from "./domain.ts";

/** The task ended without success, and trying again would not help: the port did its work and the answer is no. */
export class TaskFailure extends Error {
  override name = "TaskFailure";
}

export type TaskContext<Outside> = {
  readonly outside: Outside;
  readonly clusterId: string;
  readonly jobId: string;
  readonly current: Current;
  readonly nodes: Deployment["nodes"];
  readonly signal: AbortSignal;
  readonly report: (command: Reported) => Promise<void>;
};

/** What a provider can do, by the name of the task. Each may run again after a crash and must then change nothing more. */
export type TaskTable<Outside> = { readonly [action: string]: (task: DeploymentTask, context: TaskContext<Outside>) => Promise<void> };

/** Progress of a layer: of its tasks, and of nodes on the way. */
const reports = ["BeginTask", "EndTask", "ProvisionNode", "ReleaseNode", "NoteNodeRecovered"] as const;
export type Reported = Of<DeploymentCommand, (typeof reports)[number]>;

type Begun = { readonly type: string; readonly clusterId: string; readonly jobId: string };
const HOUR = 3_600_000;

/** A layer is one effect: its tasks run in parallel and report on the way. What ended before a crash is not done again. */
const layerEffect = <Outside>(
  tasks: TaskTable<Outside>,
  layerOf: (event: Begun & { readonly layer?: number }) => number,
): Effect<Outside, DeploymentCommand, Begun & { readonly layer?: number }, Deployment> =>
  effect({
    ends: ["FinishLayer"],
    reports,
    isStillNeeded: ({ current }, event) => current?.jobId === event.jobId && !current.over && current.layer === layerOf(event),
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
  const { current, nodes } = state;
  const { taskId } = task;
  const before = current?.ended[taskId];
  if (current === null || before === null) return [];
  if (before !== undefined) return [{ taskId, reason: before }];
  await report({ type: "BeginTask", clusterId, jobId, taskId });
  try {
    const run = tasks[task.action];
    if (!run) throw new TaskFailure(`this provider has no task ${task.action}`);
    await run(task, { outside, clusterId, jobId, current, nodes, signal, report });
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
});
