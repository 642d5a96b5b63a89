import { type ActionEvent, actionOf } from "../../../schemas/generated/actions.ts";
import type { Deployment as ClusterSpec } from "../../../schemas/generated/events.ts";
import type { Reactions } from "../../chassis/events.ts";
import type { DeploymentCommand } from "./deployment.ts";

/** The events that request an action from a provider. A new cluster reaches its provider once its runtime is reserved. */
type Requested = Exclude<ActionEvent, "ClusterRequested">;
type Request = {
  readonly type: Requested;
  readonly clusterId: string;
  readonly jobId: string;
  readonly deployment: ClusterSpec;
  readonly nodeIds?: readonly string[];
};

/** A provider acts only on requests for its own runtimes, and takes back what it does of actions that their cluster has given up. */
export const reactionsOf = (provider: string): Reactions<DeploymentCommand> => {
  const start = {
    issues: "StartDeployment",
    given: ({ type, clusterId, jobId, deployment, nodeIds = [] }: Request) =>
      deployment.provider === provider ? { clusterId, jobId, action: actionOf[type], deployment, nodeIds } : [],
  } as const;
  return {
    ClusterDeploymentRequested: start,
    ClusterUpgradeRequested: start,
    ClusterRollbackRequested: start,
    ClusterResizeRequested: start,
    ClusterEnvUpdateRequested: start,
    ClusterNodesRequested: start,
    ClusterNodesRemovalRequested: start,
    ClusterStopRequested: start,
    ClusterStartRequested: start,
    ClusterDeletionRequested: start,
    ClusterRecoveryRequested: start,
    ClusterCeaseRequested: start,
    ClusterActionFailed: {
      issues: "AbortDeployment",
      given: ({ clusterId, jobId, reason, provider: its }) => (its === provider ? { clusterId, jobId, reason } : []),
    },
  } satisfies Reactions<DeploymentCommand> & { readonly [T in Requested]: unknown };
};
