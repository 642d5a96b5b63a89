import type { Sealed } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { born, never, type Times } from "./common.ts";

export type ClientDocument = Times &
  Owned & {
    readonly client_id: string;
    readonly user_id: string;
    readonly status: string;
    /** The limit of its tokens; empty: none. */
    readonly action_bundle_id: readonly string[];
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
  version: 3,
  initialState: { client_id: "", user_id: "", status: "", action_bundle_id: [], secret_hash: "", ...unowned, ...never },
  evolve: {
    ClientCreated: (_, { clientId, userId, secretHash, owner, ownerPath }, { time }) => ({
      ...{ client_id: clientId, user_id: userId, status: "active", action_bundle_id: [], secret_hash: secretHash },
      ...ownedBy({ owner, ownerPath }),
      ...born(time),
    }),
    ClientLimited: (client, { actionBundleIds }, { time }) => ({ ...client, action_bundle_id: actionBundleIds, update_time: time }),
    ClientRevoked: (client, _, { time }) => ({ ...client, status: "revoked", secret_hash: "", status_time: time, update_time: time }),
  },
  indexes: ["client_id", "user_id", "status"],
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
