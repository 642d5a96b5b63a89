import type { Sealed } from "../../../schemas/generated/events.ts";
import type { Projection } from "../../chassis/events.ts";

export type ClientDocument = {
  readonly client_id: string;
  readonly user_id: string;
  /** Of a client of an earlier release; otherwise empty. No query shows it. */
  readonly secret_hash: string;
};
/** No query shows it. */
export type ClientSecretDocument = { readonly secret_hash: string };
/** No query shows it. */
export type SigningKeyDocument = {
  readonly key_id: string;
  readonly public_jwk: string;
  readonly sealed_private_jwk: Sealed | "";
  readonly status: string;
  readonly create_time: string;
};

export const clients: Projection<ClientDocument> = {
  name: "clients",
  version: 1,
  initialState: { client_id: "", user_id: "", secret_hash: "" },
  evolve: {
    ClientCreated: (_, { clientId, userId, secretHash }) => ({ client_id: clientId, user_id: userId, secret_hash: secretHash }),
  },
};

export const clientSecrets: Projection<ClientSecretDocument> = {
  name: "clientSecrets",
  version: 1,
  initialState: { secret_hash: "" },
  evolve: { ClientSecretSet: (_, { secretHash }) => ({ secret_hash: secretHash }) },
};

export const signingKeys: Projection<SigningKeyDocument> = {
  name: "signingKeys",
  version: 1,
  initialState: { key_id: "", public_jwk: "", sealed_private_jwk: "", status: "", create_time: "" },
  evolve: {
    SigningKeyAnnounced: (_, { keyId, publicJwk, sealedPrivateJwk }, { time }) => ({
      ...{ key_id: keyId, public_jwk: publicJwk, sealed_private_jwk: sealedPrivateJwk, status: "announced", create_time: time },
    }),
    SigningKeyRetired: (key) => ({ ...key, status: "retired", sealed_private_jwk: "" }),
  },
};
