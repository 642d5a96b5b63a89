import { type ClientCommand, type ClientSecretCommand, client, clientSecret } from "./client.ts";
import { type GroupCommand, group } from "./group.ts";
import { type LookupKeyCommand, lookupKey } from "./lookup-key.ts";
import { type PasswordCommand, password } from "./password.ts";
import { type RoleCommand, role } from "./role.ts";
import { type SessionCommand, session } from "./session.ts";
import { type SigningKeyCommand, signingKey } from "./signing-key.ts";
import { type UserCommand, user } from "./user.ts";

export type AccountCommand =
  | UserCommand
  | PasswordCommand
  | RoleCommand
  | GroupCommand
  | ClientCommand
  | ClientSecretCommand
  | SessionCommand
  | SigningKeyCommand
  | LookupKeyCommand;

export const deciders = { user, password, role, group, client, clientSecret, session, signingKey, lookupKey };
