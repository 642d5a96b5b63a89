import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import { deleted, type Projection } from "../../chassis/events.ts";
import { addressIn } from "../domain/personal-data.ts";

/** Who signs in with an e-mail address. No query shows it. */
export type CredentialDocument = {
  readonly user_id: string;
  /** What tells the e-mail address from others. */
  readonly address: string;
  /** Of a user of an earlier release who has kept the password; otherwise empty. */
  readonly password_hash: string;
  readonly status: string;
};
export const credentials: Projection<CredentialDocument> = {
  name: "credentials",
  version: 3,
  initialState: { user_id: "", address: "", password_hash: "", status: "" },
  evolve: {
    UserCreated: (_, { userId, passwordHash, ...event }) => ({
      user_id: userId,
      address: addressIn(event),
      password_hash: passwordHash,
      status: "active",
    }),
    UserModified: (credential, event) => ({ ...credential, address: addressIn(event) }),
    UserPasswordChanged: (credential, { passwordHash }) => ({ ...credential, password_hash: passwordHash }),
    UserDeleted: () => deleted,
  },
  indexes: ["address"],
};

/** The password of a user, by user id. No query shows it. */
export type PasswordDocument = { readonly password_hash: string; readonly generation: number };
export const passwords: Projection<PasswordDocument> = {
  name: "passwords",
  version: 1,
  initialState: { password_hash: "", generation: 0 },
  evolve: {
    PasswordSet: (_, { passwordHash, generation }) => ({ password_hash: passwordHash, generation }),
    PasswordRemoved: () => deleted,
  },
};

export type PasswordResetDocument = Owned & { readonly reset_id: string; readonly user_id: string; readonly status: string };

/** Password resets by reset id. Each document belongs to the stream of its user's password. */
export const passwordResets: Projection<PasswordResetDocument> = {
  name: "passwordResets",
  version: 3,
  initialState: { reset_id: "", user_id: "", status: "", ...unowned },
  key: {
    PasswordResetRequested: ({ resetId }) => resetId,
    PasswordResetExpired: ({ resetId }) => resetId,
    PasswordSet: ({ resetId }) => resetId ?? [],
  },
  evolve: {
    PasswordResetRequested: (_, { userId, resetId, ownerPath }) => ({
      ...{ reset_id: resetId, user_id: userId, status: "pending" },
      ...ownedBy({ owner: userId, ownerPath }),
    }),
    PasswordResetExpired: (reset) => ({ ...reset, status: "expired" }),
    PasswordSet: (reset) => ({ ...reset, status: "used" }),
  },
  indexes: ["reset_id"],
};
