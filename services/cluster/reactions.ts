import type { Reactions } from "../chassis/events.ts";
import { reporterOf } from "../chassis/provider-names.ts";
import type { ClusterCommand } from "./commands.ts";

/** A cluster is deployed once its runtime is reserved, and follows the reports of its provider, and of no other. */
export const reactions: Reactions<ClusterCommand> = {
  RuntimeReserved: { issues: "DeployCluster", given: ({ clusterId, jobId }) => ({ clusterId, jobId }) },
  RuntimeRefused: { issues: "FailClusterAction", given: ({ clusterId, jobId, reason }) => ({ clusterId, jobId, reason, provider: null }) },

  DeploymentStarted: {
    issues: "NoteClusterActionStarted",
    given: ({ clusterId, jobId, layers }, meta) => ({
      clusterId,
      jobId,
      provider: reporterOf(meta),
      taskCount: layers.reduce((count, { tasks }) => count + tasks.length, 0),
    }),
  },
  DeploymentSucceeded: {
    issues: "CompleteClusterAction",
    given: ({ clusterId, jobId, addresses }, meta) => ({ clusterId, jobId, addresses, provider: reporterOf(meta) }),
  },
  DeploymentFailed: {
    issues: "FailClusterAction",
    given: ({ clusterId, jobId, reason }, meta) => ({ clusterId, jobId, reason, provider: reporterOf(meta) }),
  },

  NodesDiscovered: {
    issues: "NoteClusterNodes",
    given: ({ clusterId, nodes, lostNodeIds }, meta) => ({ clusterId, nodes, lostNodeIds, provider: reporterOf(meta) }),
  },
  DeploymentObserved: {
    issues: "NoteClusterObserved",
    given: ({ clusterId, endpoints, drift }, meta) => ({ clusterId, endpoints, drift, provider: reporterOf(meta) }),
  },
  NodeFailed: {
    issues: "NoteClusterNodeFailed",
    given: ({ clusterId, nodeId, reason }, meta) => ({ clusterId, nodeId, reason, provider: reporterOf(meta) }),
  },
  NodeRecovered: {
    issues: "NoteClusterNodeRecovered",
    given: ({ clusterId, nodeId }, meta) => ({ clusterId, nodeId, provider: reporterOf(meta) }),
  },

  RuntimeDeleted: {
    issues: "CeaseCluster",
    given: ({ runtimeId, clusterIds }) => clusterIds.map((clusterId) => ({ clusterId, jobId: `j-${runtimeId}-${clusterId}`, force: true })),
  },
};
