import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import { deleted, type Projection } from "../../chassis/events.ts";

/** Who signs in with an e-mail address. No query shows it. */
export type CredentialDocument = {
  readonly user_id: string;
  /** In lower case. */
  readonly email: string;
  /** Of a user of an earlier release who has kept the password; otherwise empty. */
  readonly password_hash: string;
  readonly status: string;
};
export const credentials: Projection<CredentialDocument> = {
  name: "credentials",
  version: 2,
  initialState: { user_id: "", email: "", password_hash: "", status: "" },
  evolve: {
    UserCreated: (_, { userId, email, passwordHash }) => ({
      user_id: userId,
      email: email.toLowerCase(),
      password_hash: passwordHash,
      status: "active",
    }),
    UserModified: (credential, { email }) => ({ ...credential, email: email.toLowerCase() }),
    UserPasswordChanged: (credential, { passwordHash }) => ({ ...credential, password_hash: passwordHash }),
    UserDeleted: () => deleted,
  },
  indexes: ["email"],
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
