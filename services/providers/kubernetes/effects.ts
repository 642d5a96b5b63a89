import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import { PackageError } from "../../packages/package-error.ts";
import { type TaskContext, TaskFailure, type TaskTable } from "../kit/effects.ts";
import { revealed } from "../kit/secrets.ts";
import { labelOf, nodeIdOf, releaseOf } from "./names.ts";
import { type Counts, Forbidden, KubernetesError, type KubernetesOutside, type Observed, type Target } from "./ports.ts";
import { applyRelease, removeRelease } from "./release.ts";
import type { ReleaseTask } from "./revisions.ts";
import { choosePods, scaleWorkloads, stopWorkloads } from "./scaling.ts";
import { hiddenIn } from "./secret-values.ts";

type Context = TaskContext<KubernetesOutside>;

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;
/** Nodes of one cluster that are reported. */
const MAX_NODES = 500;

const table: TaskTable<KubernetesOutside> = {
  ApplyRelease: async (task, context) => {
    const { outside, current } = context;
    const { packageOwner, packageDigest } = current.description;
    const [archive, values] = await Promise.all([outside.fetchPackage(packageOwner, packageDigest), valuesOf(context)]);
    await on(context, async (target) => {
      await target.ensureNamespace();
      await applyRelease(releaseTask(task, context, target), { archive, values });
      // Helm gives workloads the numbers of the chart again.
      if (current.description.scales.length > 0) await scaleWorkloads(target, releaseIn(context), countsOf(context));
    });
  },
  AwaitPods: (_, context) => on(context, (target) => awaitPods(target, context)),
  ScaleWorkloads: (_, context) => on(context, (target) => scaleWorkloads(target, releaseIn(context), countsOf(context))),
  ChoosePods: (_, context) =>
    on(context, (target) => {
      const chosen = context.discovered.filter(({ nodeId }) => context.current.nodeIds.includes(nodeId));
      return choosePods(
        target,
        releaseIn(context),
        chosen.map(({ instanceId }) => instanceId),
      );
    }),
  StopWorkloads: (_, context) => on(context, (target) => stopWorkloads(target, releaseIn(context))),
  AwaitStop: (_, context) => on(context, (target) => awaitStop(target, context)),
  RemoveRelease: async (task, context) => {
    const { clusterId, jobId } = context;
    await on(
      context,
      async (target) => {
        const wanted = releaseTask(task, context, target);
        // Volumes of a release that the cluster has not taken over are not its own. Who may not look at claims hears so when they are to be deleted.
        if (wanted.adopts === "")
          await target.markClaims(wanted.release, labelOf(clusterId)).catch((error: unknown) => {
            if (!(error instanceof Forbidden)) throw error;
          });
        await removeRelease(wanted);
      },
      true,
    );
    await context.report({ type: "NoteNodes", clusterId, jobId, nodes: [] });
  },
  RemoveVolumes: (_, context) => on(context, (target) => target.removeClaims(labelOf(context.clusterId)), true),
};

const countsOf = ({ current: { description } }: Context): Counts => new Map(description.scales.map(({ role, count }) => [role, count]));

const on = <T>({ outside, clusterId, current }: Context, use: (target: Target) => Promise<T>, removing = false): Promise<T> =>
  outside.withTarget({ clusterId, namespace: current.description.zone, removing }, use);

const releaseIn = ({ clusterId, current: { description } }: Context): string => releaseOf(clusterId, description.adopted);

const releaseTask = ({ taskId }: DeploymentTask, context: Context, target: Target): ReleaseTask => {
  const { clusterId, signal, outside, current } = context;
  const { now, sleep, timeouts } = outside;
  const adopts = current.description.adopted?.revision ?? "";
  return { target, clusterId, release: releaseIn(context), adopts, taskId, signal, now, sleep, timeouts };
};

/** The values of the user, in clear. */
const valuesOf = async ({ outside, clusterId, current: { description } }: Context): Promise<string> => {
  const { configuration, secrets } = description;
  return (await revealed(outside.open, clusterId, secrets, { configuration })).configuration ?? "";
};

/** Waits until all pods are ready, and reports them meanwhile; then also where they are reached. */
const awaitPods = async (target: Target, context: Context): Promise<void> => {
  const { clusterId, jobId, report } = context;
  await awaited(target, context, ({ workloads }) => workloads.every(({ isReady }) => isReady), unreadyReason);
  await report({ type: "NoteObserved", clusterId, jobId, ...(await target.inspect(releaseIn(context), countsOf(context))) });
};

/** Waits until all pods are gone. */
const awaitStop = (target: Target, context: Context): Promise<void> =>
  awaited(
    target,
    context,
    ({ pods }) => pods.length === 0,
    ({ pods }, milliseconds) => `not stopped within ${milliseconds / 1_000} s: ${pods.map(({ name }) => name).join(", ")}`.slice(0, 1_000),
  );

const awaited = async (
  target: Target,
  context: Context,
  isSo: (observed: Observed) => boolean,
  reason: (observed: Observed, milliseconds: number) => string,
): Promise<void> => {
  const { outside, clusterId, jobId, report, signal } = context;
  const { now, sleep, timeouts } = outside;
  const until = now() + timeouts.ready;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const observed = await target.observe(releaseIn(context));
    await report({ type: "NoteNodes", clusterId, jobId, nodes: nodesOf(clusterId, observed) });
    if (isSo(observed)) return;
    if (now() >= until) throw new TaskFailure(reason(observed, timeouts.ready));
    if (signal.aborted) throw signal.reason;
    await sleep(pause, signal);
  }
};

/** The pods of a release as nodes of its cluster. */
export const nodesOf = (clusterId: string, { pods }: Observed) =>
  pods
    .filter(({ isLeaving }) => !isLeaving)
    .slice(0, MAX_NODES)
    .map((pod) => ({
      nodeId: nodeIdOf(clusterId, pod),
      name: pod.name,
      role: pod.workload,
      instanceId: pod.name,
      privateIp: pod.ip,
      healthy: pod.isReady,
      reason: pod.reason,
    }));

const unreadyReason = ({ workloads, pods }: Observed, milliseconds: number): string => {
  const unready = workloads.filter(({ isReady }) => !isReady);
  const names = unready.map(({ kind, name, progress }) => `${kind} ${name} (${progress})`).join(", ");
  const reasons = new Set(pods.flatMap(({ isReady, reason, name }) => (isReady || reason === "" ? [] : [`pod ${name}: ${reason}`])));
  return [`not ready within ${milliseconds / 1_000} s: ${names}`, ...[...reasons].slice(0, 5)].join("; ");
};

/** Turns a refusal into a TaskFailure. Any other error is an outage, and the layer is retried. */
const definitive =
  (run: TaskTable<KubernetesOutside>[string]): TaskTable<KubernetesOutside>[string] =>
  async (task, context) => {
    try {
      await run(task, context);
    } catch (error) {
      if (!(error instanceof KubernetesError || error instanceof PackageError)) throw error;
      throw new TaskFailure(await withoutSecrets(error.message, context), { cause: error });
    }
  };

/** What helm says becomes an event: it must not say the values that the user keeps secret. */
const withoutSecrets = async (message: string, context: Context): Promise<string> =>
  valuesOf(context)
    .then((values) => hiddenIn(values, message))
    .catch(() => "it was refused, and the values, which the reason may hold, cannot be read");

/** The tasks of the Kubernetes provider. */
export const tasks: TaskTable<KubernetesOutside> = Object.fromEntries(
  Object.entries(table).map(([action, run]) => [action, definitive(run)]),
);
