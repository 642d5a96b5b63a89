import type { Projection } from "../../chassis/events.ts";
import { nobody, type Owned } from "./common.ts";

/** The password hash of a user. No query shows it. */
export type CredentialDocument = {
  readonly user_id: string;
  /** In lower case. */
  readonly email: string;
  readonly password_hash: string;
  readonly status: string;
};
export const credentials: Projection<CredentialDocument> = {
  name: "credentials",
  version: 1,
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
    UserDeleted: (credential) => ({ ...credential, password_hash: "", status: "deleted" }),
  },
  indexes: ["email"],
};

export type PasswordResetDocument = Owned & { readonly reset_id: string; readonly user_id: string; readonly status: string };

/** Password resets by reset id. Each document belongs to the stream of its user. */
export const passwordResets: Projection<PasswordResetDocument> = {
  name: "passwordResets",
  version: 1,
  initialState: { reset_id: "", user_id: "", status: "", ...nobody },
  key: {
    UserPasswordResetRequested: ({ resetId }) => resetId,
    UserPasswordResetExpired: ({ resetId }) => resetId,
    UserPasswordChanged: ({ resetId }) => resetId ?? [],
  },
  evolve: {
    UserPasswordResetRequested: (_, { userId, resetId, ownerPath }) => ({
      ...{ reset_id: resetId, user_id: userId, status: "pending" },
      ...{ owner: userId, owner_path: ownerPath },
    }),
    UserPasswordResetExpired: (reset) => ({ ...reset, status: "expired" }),
    UserPasswordChanged: (reset) => ({ ...reset, status: "used" }),
  },
  indexes: ["reset_id"],
};
