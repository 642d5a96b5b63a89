import type { Reactions } from "../chassis/events.ts";
import type { ClusterCommand } from "./domain.ts";

/** A cluster is deployed once its runtime is reserved, and follows the reports of its provider. */
export const reactions: Reactions<ClusterCommand> = {
  RuntimeReserved: { issues: "DeployCluster", given: ({ clusterId, jobId }) => ({ clusterId, jobId }) },
  RuntimeRefused: { issues: "FailClusterAction", given: ({ clusterId, jobId, reason }) => ({ clusterId, jobId, reason }) },

  DeploymentStarted: {
    issues: "NoteClusterActionStarted",
    given: ({ clusterId, jobId, layers }) => ({
      clusterId,
      jobId,
      taskCount: layers.reduce((count, { tasks }) => count + tasks.length, 0),
    }),
  },
  DeploymentSucceeded: { issues: "CompleteClusterAction", given: ({ clusterId, jobId, addresses }) => ({ clusterId, jobId, addresses }) },
  DeploymentFailed: { issues: "FailClusterAction", given: ({ clusterId, jobId, reason }) => ({ clusterId, jobId, reason }) },

  NodeFailed: { issues: "NoteClusterNodeFailed", given: ({ clusterId, nodeId, reason }) => ({ clusterId, nodeId, reason }) },
  NodeRecovered: { issues: "NoteClusterNodeRecovered", given: ({ clusterId, nodeId }) => ({ clusterId, nodeId }) },

  RuntimeDeleted: {
    issues: "CeaseCluster",
    given: ({ runtimeId, clusterIds }) => clusterIds.map((clusterId) => ({ clusterId, jobId: `j-${runtimeId}-${clusterId}`, force: true })),
  },
};
