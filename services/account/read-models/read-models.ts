import { type GroupDocument, groups } from "./groups.ts";
import { type ClientDocument, clients, type SigningKeyDocument, signingKeys } from "./keys.ts";
import { type CredentialDocument, credentials, type PasswordResetDocument, passwordResets } from "./passwords.ts";
import { type RoleDocument, roles } from "./roles.ts";
import { type UserDocument, users } from "./users.ts";

export type AccountReadModels = {
  users: UserDocument;
  credentials: CredentialDocument;
  passwordResets: PasswordResetDocument;
  roles: RoleDocument;
  groups: GroupDocument;
  clients: ClientDocument;
  signingKeys: SigningKeyDocument;
};

export const readModels = [users, credentials, passwordResets, roles, groups, clients, signingKeys];
