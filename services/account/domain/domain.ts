import { type ClientCommand, client } from "./client.ts";
import { type GroupCommand, group } from "./group.ts";
import { type RoleCommand, role } from "./role.ts";
import { type SigningKeyCommand, signingKey } from "./signing-key.ts";
import { type UserCommand, user } from "./user.ts";

export type AccountCommand = UserCommand | RoleCommand | GroupCommand | ClientCommand | SigningKeyCommand;

export const deciders = { user, role, group, client, signingKey };
