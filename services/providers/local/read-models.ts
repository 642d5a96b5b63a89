import { deleted, type Projection } from "../../chassis/events.ts";

export type CredentialDocument = { readonly sealed_content: string };

/** Credentials of this provider, still sealed; opened only while a task needs one. */
export const credentials: Projection<CredentialDocument> = {
  name: "credentials",
  version: 1,
  initialState: { sealed_content: "" },
  evolve: {
    RuntimeCredentialCreated: (_, { sealedContent }) => ({ sealed_content: sealedContent }),
    RuntimeCredentialModified: (_, { sealedContent }) => ({ sealed_content: sealedContent }),
    RuntimeCredentialDeleted: (credential) => credential,
  },
};

export type OwnerDocument = { readonly cluster_id: string; readonly owner: string; readonly owner_path: string };

/** Whose the clusters of this provider are, for those who want to read the logs of their nodes. */
export const clusterOwners: Projection<OwnerDocument> = {
  name: "clusterOwners",
  version: 1,
  initialState: { cluster_id: "", owner: "", owner_path: "" },
  evolve: {
    ClusterRequested: (_, { clusterId, deployment, owner, ownerPath }) =>
      deployment.provider === "local" ? { cluster_id: clusterId, owner, owner_path: ownerPath } : deleted,
    ClusterCeased: () => deleted,
  },
};
export type LocalReadModels = { readonly credentials: CredentialDocument; readonly clusterOwners: OwnerDocument };
