import type { Reactions } from "../chassis/events.ts";
import type { RuntimeCommand, RuntimeCredentialCommand } from "./domain.ts";

/** A runtime is reserved for a cluster or refused to it, and released when the cluster ceases. A runtime blocks deletion of its credential. */
export const reactions: Reactions<RuntimeCommand | RuntimeCredentialCommand> = {
  ClusterRequested: {
    issues: "ReserveRuntime",
    given: ({ clusterId, jobId, deployment: { runtimeId } }) => ({ runtimeId, clusterId, jobId }),
  },
  ClusterCeased: { issues: "ReleaseRuntime", given: ({ clusterId, runtimeId }) => ({ runtimeId, clusterId }) },

  RuntimeCreated: { issues: "UseRuntimeCredential", given: ({ runtimeId, runtimeCredentialId }) => ({ runtimeCredentialId, runtimeId }) },
  RuntimeModified: [
    {
      issues: "UseRuntimeCredential",
      given: ({ runtimeId, runtimeCredentialId, formerRuntimeCredentialId }) =>
        runtimeCredentialId === formerRuntimeCredentialId ? [] : { runtimeCredentialId, runtimeId },
    },
    {
      issues: "FreeRuntimeCredential",
      given: ({ runtimeId, runtimeCredentialId, formerRuntimeCredentialId }) =>
        runtimeCredentialId === formerRuntimeCredentialId ? [] : { runtimeCredentialId: formerRuntimeCredentialId, runtimeId },
    },
  ],
  RuntimeDeleted: { issues: "FreeRuntimeCredential", given: ({ runtimeId, runtimeCredentialId }) => ({ runtimeCredentialId, runtimeId }) },
};
