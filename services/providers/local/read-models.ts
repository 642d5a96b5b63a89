import type { Sealed } from "../../../schemas/generated/events.ts";
import { deleted, type Projection } from "../../chassis/events.ts";

/** The content is empty once the credential is deleted. */
export type CredentialDocument = { readonly sealed_content: Sealed | "" };

/** Credentials, sealed. They are decrypted only to decide whether a cluster may use this machine. */
export const credentials: Projection<CredentialDocument> = {
  name: "credentials",
  version: 2,
  initialState: { sealed_content: "" },
  evolve: {
    RuntimeCredentialCreated: (_, { sealedContent }) => ({ sealed_content: sealedContent }),
    RuntimeCredentialModified: (_, { sealedContent }) => ({ sealed_content: sealedContent }),
    RuntimeCredentialDeleted: () => ({ sealed_content: "" }),
  },
};

/** The credential is empty once the runtime is deleted. */
export type RuntimeDocument = { readonly credential_id: string };

/** The credential that a runtime has now. A runtime may get another one while its clusters run. */
export const runtimes: Projection<RuntimeDocument> = {
  name: "runtimes",
  version: 1,
  initialState: { credential_id: "" },
  evolve: {
    RuntimeCreated: (_, { runtimeCredentialId }) => ({ credential_id: runtimeCredentialId }),
    RuntimeModified: (_, { runtimeCredentialId }) => ({ credential_id: runtimeCredentialId }),
    RuntimeDeleted: () => ({ credential_id: "" }),
  },
};

export type OwnerDocument = {
  readonly cluster_id: string;
  /** Whether the cluster has ceased. What is left of it may only be removed. */
  readonly ceased: boolean;
  readonly runtime_id: string;
  readonly owner: string;
  readonly owner_path: string;
};

/** The owners of this provider's clusters, to check who may read the logs of their nodes, and the runtimes that they run on. */
export const clusterOwners: Projection<OwnerDocument> = {
  name: "clusterOwners",
  version: 3,
  initialState: { cluster_id: "", ceased: false, runtime_id: "", owner: "", owner_path: "" },
  evolve: {
    ClusterRequested: (_, { clusterId, deployment, owner, ownerPath }) =>
      deployment.provider === "local"
        ? { cluster_id: clusterId, ceased: false, runtime_id: deployment.runtimeId, owner, owner_path: ownerPath }
        : deleted,
    ClusterCeased: (owner) => (owner.cluster_id === "" ? deleted : { ...owner, ceased: true }),
  },
};
export type LocalReadModels = {
  readonly credentials: CredentialDocument;
  readonly runtimes: RuntimeDocument;
  readonly clusterOwners: OwnerDocument;
};
