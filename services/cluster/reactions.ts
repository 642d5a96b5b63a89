import type { Reactions } from "../../events/reaction.ts";
import type { ClusterCommand } from "./domain.ts";

/** A cluster is deployed once its runtime is reserved, and becomes what its provider reports. */
export const reactions: Reactions<ClusterCommand> = {
  RuntimeReserved: ({ clusterId, jobId }) => ({ type: "DeployCluster", clusterId, jobId }),
  RuntimeRefused: ({ clusterId, jobId, reason }) => ({ type: "FailClusterAction", clusterId, jobId, reason }),

  DeploymentStarted: ({ clusterId, jobId, layers }) => ({
    type: "NoteClusterActionStarted",
    clusterId,
    jobId,
    taskCount: layers.reduce((count, { tasks }) => count + tasks.length, 0),
  }),
  DeploymentSucceeded: ({ clusterId, jobId, addresses }) => ({ type: "CompleteClusterAction", clusterId, jobId, addresses }),
  DeploymentFailed: ({ clusterId, jobId, reason }) => ({ type: "FailClusterAction", clusterId, jobId, reason }),

  NodeFailed: ({ clusterId, nodeId, reason }) => ({ type: "NoteClusterNodeFailed", clusterId, nodeId, reason }),
  NodeRecovered: ({ clusterId, nodeId }) => ({ type: "NoteClusterNodeRecovered", clusterId, nodeId }),

  RuntimeDeleted: ({ runtimeId, clusterIds }) =>
    clusterIds.map((clusterId) => ({ type: "CeaseCluster", clusterId, jobId: `j-${runtimeId}-${clusterId}`, force: true })),
};
