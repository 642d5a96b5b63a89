import type { Reactions } from "../../events/reaction.ts";
import type { RuntimeCommand, RuntimeCredentialCommand } from "./domain.ts";

/** A runtime is reserved for a cluster or refused, freed with it, and keeps its credential from being deleted. */
export const reactions: Reactions<RuntimeCommand | RuntimeCredentialCommand> = {
  ClusterRequested: ({ clusterId, jobId, deployment }) => ({
    type: "ReserveRuntime",
    runtimeId: deployment.runtimeId,
    clusterId,
    jobId,
  }),
  ClusterCeased: ({ clusterId, runtimeId }) => ({ type: "ReleaseRuntime", runtimeId, clusterId }),

  RuntimeCreated: ({ runtimeId, runtimeCredentialId }) => ({ type: "UseRuntimeCredential", runtimeCredentialId, runtimeId }),
  RuntimeModified: ({ runtimeId, runtimeCredentialId, formerRuntimeCredentialId }) =>
    runtimeCredentialId === formerRuntimeCredentialId
      ? []
      : [
          { type: "UseRuntimeCredential", runtimeCredentialId, runtimeId },
          { type: "FreeRuntimeCredential", runtimeCredentialId: formerRuntimeCredentialId, runtimeId },
        ],
  RuntimeDeleted: ({ runtimeId, runtimeCredentialId }) => ({ type: "FreeRuntimeCredential", runtimeCredentialId, runtimeId }),
};
