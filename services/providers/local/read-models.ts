import type { Projection } from "../../../events/projection.ts";

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
