import { type GroupDocument, groups } from "./groups.ts";
import { type ClientDocument, type ClientSecretDocument, clientSecrets, clients, type SigningKeyDocument, signingKeys } from "./keys.ts";
import {
  type CredentialDocument,
  credentials,
  type PasswordDocument,
  type PasswordResetDocument,
  passwordResets,
  passwords,
} from "./passwords.ts";
import { type RoleDocument, roles } from "./roles.ts";
import { type UserDocument, users } from "./users.ts";

export type AccountReadModels = {
  users: UserDocument;
  credentials: CredentialDocument;
  passwords: PasswordDocument;
  passwordResets: PasswordResetDocument;
  roles: RoleDocument;
  groups: GroupDocument;
  clients: ClientDocument;
  clientSecrets: ClientSecretDocument;
  signingKeys: SigningKeyDocument;
};

export const readModels = [users, credentials, passwords, passwordResets, roles, groups, clients, clientSecrets, signingKeys];
