import { canDoRows } from "./can-do.ts";
import { clientRows } from "./clients.ts";
import { groupRows } from "./groups.ts";
import { passwordRows } from "./passwords.ts";
import { roleRows } from "./roles.ts";
import { tokenRows } from "./tokens.ts";
import { userRows } from "./users.ts";

export const http = [...tokenRows, ...clientRows, ...canDoRows, ...userRows, ...passwordRows, ...roleRows, ...groupRows];
