import type { Role } from "../../../schemas/generated/http.ts";
import { SYSTEM } from "../../chassis/access/access.ts";
import { ownedBy } from "../../chassis/access/ownership.ts";
import { builtInRoles } from "../../chassis/access/permissions.ts";
import { modulesOf } from "../domain/grants.ts";
import type { RoleDocument } from "../read-models/roles.ts";

/** A built-in or custom role. Built-in roles have no times. */
export type RoleRow = Omit<RoleDocument, "create_time" | "update_time" | "status_time"> &
  Partial<Pick<RoleDocument, "create_time" | "update_time" | "status_time">>;

export const isBuiltIn = (roleId: string): boolean => Object.hasOwn(builtInRoles, roleId);

/** The id of a custom role, which is a document of the read model; undefined for a built-in role. */
export const customRoleId = (roleId: string): string | undefined => (isBuiltIn(roleId) ? undefined : roleId);

const descriptions: { readonly [role: string]: string } = {
  global_admin: "Runs the platform.",
  isv: "Runs a vendor: its users, applications and reviews.",
  developer: "Develops a vendor's applications.",
  user: "Deploys applications.",
};

const rowOf = (role_id: string): RoleRow | undefined => {
  const role = builtInRoles[role_id];
  return (
    role && {
      ...{
        role_id,
        role_name: role_id,
        description: descriptions[role_id] ?? "",
        portal: role.portal,
        status: "active",
        controller: "self",
      },
      ...{ modules: modulesOf(role), ...ownedBy({ owner: SYSTEM, ownerPath: `:${SYSTEM}` }) },
    }
  );
};

export const builtInRows: readonly RoleRow[] = Object.keys(builtInRoles).flatMap((id) => rowOf(id) ?? []);
export const builtInRole = (roleId: string): RoleRow | undefined => builtInRows.find(({ role_id }) => role_id === roleId);

/** The role as the HTTP contract shows it. */
export const presentRole = ({ modules: _, owner_group: _g, ...role }: RoleRow): Role => role;
