import type { Rejection } from "../../../events/index.ts";
import { SYSTEM } from "../../chassis/access/access.ts";
import type { RoleModule } from "../domain/grants.ts";
import { builtInRole, isBuiltIn, type RoleRow } from "./role-rows.ts";
import type { AccountContext, AccountReads } from "./rows.ts";

/** The permissions that a user may grant: everything, or action bundles up to a data level. */
type Powers = "everything" | readonly RoleModule[];

const levels = ["self", "group", "all"];

/** The rejection if the grants exceed the caller's own permissions: a caller can grant only what they have. */
export const beyond = async (wanted: readonly RoleModule[], context: AccountContext): Promise<Rejection | undefined> => {
  const powers = await powersOf(context);
  if (powers === "everything") return undefined;
  for (const { moduleId, dataLevel, actionBundleIds } of wanted)
    for (const bundle of actionBundleIds) {
      const held = powers
        .filter(({ actionBundleIds }) => actionBundleIds.includes(bundle))
        .map((module) => levels.indexOf(module.dataLevel));
      if (Math.max(-1, ...held) < levels.indexOf(dataLevel))
        return {
          rejected: `you cannot grant ${bundle} of ${moduleId} for ${dataLevel}: it is more than you have`,
          kind: "denied",
          error: "permission_denied",
        };
    }
  return undefined;
};

const powersOf = async ({ actor: { userId }, get, find }: AccountContext): Promise<Powers> => {
  if (userId === SYSTEM) return "everything";
  const user = await get("users", userId);
  if (user?.status !== "active") return [];
  if (user.role_id.includes("global_admin")) return "everything";
  return (await rolesNamed(user.role_id, find)).flatMap(({ modules }) => modules);
};

/** The roles with these ids, or the rejection if a role does not exist or exceeds the caller's permissions. */
export const grantable = async (roleIds: readonly string[], context: AccountContext): Promise<readonly RoleRow[] | Rejection> => {
  const roles = await rolesNamed(roleIds, context.all);
  const missing = roleIds.find((id) => !roles.some(({ role_id }) => role_id === id));
  if (missing !== undefined) return { rejected: `there is no role ${missing}`, kind: "notFound", error: "resource_not_found" };
  const modules = roles.flatMap(({ modules }) => modules);
  return (await beyond(modules, context)) ?? roles;
};

/** The built-in and custom roles with these ids, without deleted roles. */
export const rolesNamed = async (ids: readonly string[], look: AccountReads["find"]): Promise<readonly RoleRow[]> => {
  const custom = ids.filter((id) => !isBuiltIn(id));
  const found = custom.length === 0 ? [] : await look("roles", [{ field: "role_id", in: custom }], custom.length);
  return [...ids.flatMap((id) => builtInRole(id) ?? []), ...found.filter(({ status }) => status === "active")];
};
