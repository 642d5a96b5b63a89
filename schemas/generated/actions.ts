// Generated from schemas/<aggregate>/<Event>.avsc by `npm run generate`. Do not edit.

import type { EventType } from "./events.ts";
import type { OperationId } from "./http.ts";

/** The operation that requests the work of each event; its name is the action of the job. */
export const actionOf = {
  ClusterCeaseRequested: "CeaseClusters",
  ClusterDeletionRequested: "DeleteClusters",
  ClusterDeploymentRequested: "CreateCluster",
  ClusterEnvUpdateRequested: "UpdateClusterEnv",
  ClusterNodesRemovalRequested: "DeleteClusterNodes",
  ClusterNodesRequested: "AddClusterNodes",
  ClusterRecoveryRequested: "RecoverClusters",
  ClusterRequested: "CreateCluster",
  ClusterResizeRequested: "ResizeCluster",
  ClusterRollbackRequested: "RollbackCluster",
  ClusterStartRequested: "StartClusters",
  ClusterStopRequested: "StopClusters",
  ClusterUpgradeRequested: "UpgradeCluster",
} as const satisfies { readonly [T in EventType]?: OperationId };

/** An event that requests work. */
export type ActionEvent = keyof typeof actionOf;
/** The name of a job's action. */
export type ActionName = (typeof actionOf)[ActionEvent];
