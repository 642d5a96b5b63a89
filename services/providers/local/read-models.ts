import { deleted, type Projection } from "../../chassis/events.ts";

export type CredentialDocument = { readonly sealed_content: string };

/** The credentials of this provider, sealed. They are decrypted only while a task uses them. */
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

/** The owners of this provider's clusters, to check who may read the logs of their nodes. */
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
