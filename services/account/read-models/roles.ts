import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import type { RoleModule } from "../domain/grants.ts";
import { born, never, type Times } from "./common.ts";

export type RoleDocument = Times &
  Owned & {
    readonly role_id: string;
    readonly role_name: string;
    readonly description: string;
    readonly portal: string;
    readonly status: string;
    readonly controller: string;
    readonly modules: readonly RoleModule[];
  };

/** Custom roles. Built-in roles are constants and not in the read model. */
export const roles: Projection<RoleDocument> = {
  name: "roles",
  version: 2,
  initialState: {
    ...{ role_id: "", role_name: "", description: "", portal: "", status: "", controller: "", modules: [] },
    ...unowned,
    ...never,
  },
  evolve: {
    RoleCreated: (_, { roleId, roleName, description, portal, owner, ownerPath }, { time }) => ({
      ...{ role_id: roleId, role_name: roleName, description, portal, status: "active", controller: "pitrix", modules: [] },
      ...ownedBy({ owner, ownerPath }),
      ...born(time),
    }),
    RoleModified: (role, { roleName, description }, { time }) => ({ ...role, role_name: roleName, description, update_time: time }),
    RoleModuleModified: (role, { modules }, { time }) => ({ ...role, modules, update_time: time }),
    RoleDeleted: (role, _, { time }) => ({ ...role, status: "deleted", status_time: time, update_time: time }),
  },
  indexes: ["role_id", "status"],
};
