import type { Sealed } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import { deleted, type Projection } from "../../chassis/events.ts";

/** The content is empty once the credential is deleted. */
export type CredentialDocument = { readonly sealed_content: Sealed | "" };

/** Credentials, sealed. A provider decrypts one only to decide about a cluster, or to act for it. */
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

export type RuntimeDocument = { readonly credential_id: string; readonly deleted: boolean };

/** The credential that a runtime has now. A runtime may get another one while its clusters run. */
export const runtimes: Projection<RuntimeDocument> = {
  name: "runtimes",
  version: 2,
  initialState: { credential_id: "", deleted: false },
  evolve: {
    RuntimeCreated: (_, { runtimeCredentialId }) => ({ credential_id: runtimeCredentialId, deleted: false }),
    RuntimeModified: (runtime, { runtimeCredentialId }) => ({ ...runtime, credential_id: runtimeCredentialId }),
    RuntimeDeleted: (runtime) => ({ ...runtime, deleted: true }),
  },
};

export type OwnerDocument = Owned & {
  readonly cluster_id: string;
  /** Whether the cluster has ceased. What is left of it may only be removed. */
  readonly ceased: boolean;
  readonly runtime_id: string;
};

/** The owners of a provider's clusters, to check who may read the logs of their nodes, and the runtimes that they run on. */
export const clusterOwnersOf = (provider: string): Projection<OwnerDocument> => ({
  name: "clusterOwners",
  version: 4,
  initialState: { cluster_id: "", ceased: false, runtime_id: "", ...unowned },
  evolve: {
    ClusterRequested: (_, { clusterId, deployment, owner, ownerPath }) =>
      deployment.provider === provider
        ? { cluster_id: clusterId, ceased: false, runtime_id: deployment.runtimeId, ...ownedBy({ owner, ownerPath }) }
        : deleted,
    ClusterCeased: (owner) => (owner.cluster_id === "" ? deleted : { ...owner, ceased: true }),
  },
});

/** The read models that every provider has. */
export type ProviderReadModels = {
  readonly credentials: CredentialDocument;
  readonly runtimes: RuntimeDocument;
  readonly clusterOwners: OwnerDocument;
};
