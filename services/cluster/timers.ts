import type { TimerRow, Timers } from "../../events/index.ts";
import type { ClusterEvent, Deployment as ClusterSpec } from "../../schemas/generated/events.ts";
import { clusterSeconds, FORCED_SECONDS } from "../packages/time-limits.ts";
import type { ActionRequested } from "./actions.ts";
import type { ClusterCommand } from "./commands.ts";

type Requested = { readonly clusterId: string; readonly jobId: string; readonly deployment: ClusterSpec; readonly force?: boolean };

const secondsOf = ({ deployment, force = false }: Requested): number => (force ? FORCED_SECONDS : clusterSeconds(deployment.roles));

/** The deadline of an action, whatever it waits for. */
const expires: TimerRow<ClusterCommand, Requested, unknown> = {
  issues: "ExpireClusterAction",
  after: (event) => secondsOf(event) * 1_000,
  given: (event) => ({ clusterId: event.clusterId, jobId: event.jobId, seconds: secondsOf(event) }),
};

/** No action waits for ever: not for its runtime, and not for its provider. */
export const timers: Timers<ClusterCommand, ClusterEvent> = {
  ClusterRequested: expires,
  ClusterUpgradeRequested: expires,
  ClusterRollbackRequested: expires,
  ClusterResizeRequested: expires,
  ClusterEnvUpdateRequested: expires,
  ClusterNodesRequested: expires,
  ClusterNodesRemovalRequested: expires,
  ClusterStopRequested: expires,
  ClusterStartRequested: expires,
  ClusterDeletionRequested: expires,
  ClusterRecoveryRequested: expires,
  ClusterCeaseRequested: expires,
} satisfies { readonly [T in Exclude<ActionRequested, "ClusterDeploymentRequested"> | "ClusterRequested"]: unknown };
