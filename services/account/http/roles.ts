import type { Module } from "../../../schemas/generated/http.ts";
import { bundlesOf, portalOf, type RoleModule } from "../domain/grants.ts";
import { moduleAnswer } from "./module-answer.ts";
import { page } from "./page.ts";
import { visibleRolesNamed } from "./people.ts";
import { builtInRole, builtInRows, customRoleId, presentRole, type RoleRow } from "./role-rows.ts";
import { type AccountContext, type AccountRow, answer, command } from "./rows.ts";

/** Roles: their permissions and their assignment to users. */
export const roleRows: readonly AccountRow[] = [
  answer("DescribeRoles", async (request, context) => {
    const granting = request.action_bundle_id ?? [];
    const rows = (await visibleRoles(context)).filter(
      (row) => granting.length === 0 || row.modules.some(({ actionBundleIds }) => actionBundleIds.some((id) => granting.includes(id))),
    );
    const { role_id, role_name, portal, status } = request;
    const found = page(rows, request, ["role_id", "role_name", "description"], { role_id, role_name, portal, status });
    return found.total === 0 ? {} : { total_count: found.total, role_set: found.rows.map(presentRole) };
  }),

  answer("GetRole", async ({ role_id }, context) => {
    const role = await roleNamed(role_id, context);
    return role ? { role: presentRole(role) } : missing(role_id);
  }),

  answer("GetRoleModule", async ({ role_id }, context) => {
    const role = await roleNamed(role_id, context);
    return role ? { role_id, module: moduleAnswer(role) } : missing(role_id);
  }),

  command("CreateRole", {
    issues: "CreateRole",
    command: ({ role_name, description = "", portal }, { newId, actor }) => ({
      type: "CreateRole",
      roleId: newId("role"),
      ...{ roleName: role_name, description, portal },
      ...{ owner: actor.userId, ownerPath: actor.ownerPath },
    }),
    answer: ([{ roleId }]) => ({ role_id: roleId }),
  }),

  command("ModifyRole", {
    issues: "ModifyRole",
    needs: ({ role_id }) => ({ role: ["roles", customRoleId(role_id)] }),
    command: ({ role_id, role_name, description }) => ({ type: "ModifyRole", roleId: role_id, roleName: role_name, description }),
    answer: ([{ roleId }]) => ({ role_id: roleId }),
  }),

  command("DeleteRoles", {
    issues: "DeleteRole",
    each: "role_id",
    needs: (_, role_id) => ({ role: ["roles", customRoleId(role_id)] }),
    command: (_, { item, needs: { role } }) => ({ type: "DeleteRole", roleId: item, before: role?.modules }),
    answer: (commands) => ({ role_id: commands.map(({ roleId }) => roleId) }),
  }),

  command("ModifyRoleModule", {
    issues: "ModifyRoleModule",
    needs: ({ role_id }) => ({ role: ["roles", customRoleId(role_id)] }),
    command: ({ role_id, module = {} }, { needs: { role } }) => ({
      type: "ModifyRoleModule",
      roleId: role_id,
      ...{ modules: wantedIn(module, role?.portal ?? ""), before: role?.modules },
    }),
    answer: ([{ roleId }]) => ({ role_id: roleId }),
  }),

  command("BindUserRole", {
    issues: "BindUserRoles",
    each: "user_id",
    needs: (_, user_id) => ({ user: ["users", user_id] }),
    prepare: ({ role_id }, context) => visibleRolesNamed(role_id, context),
    command: ({ role_id }, { item, needs: { user } }) => ({ type: "BindUserRoles", userId: item, roleIds: role_id, held: user.role_id }),
    answer: (commands, _, { role_id }) => ({ user_id: commands.map(({ userId }) => userId), role_id }),
  }),

  command("UnbindUserRole", {
    issues: "UnbindUserRoles",
    each: "user_id",
    needs: (_, user_id) => ({ user: ["users", user_id] }),
    command: ({ role_id }, { item }) => ({ type: "UnbindUserRoles", userId: item, roleIds: role_id }),
    answer: (commands, _, { role_id }) => ({ user_id: commands.map(({ userId }) => userId), role_id }),
  }),
];

/** The built-in roles, the custom roles in the caller's data level, and the caller's own roles. */
const visibleRoles = async ({ actor, all, get, parts }: AccountContext): Promise<readonly RoleRow[]> => {
  const self = await get("users", actor.userId);
  const own = self ? await parts(self, "roles", "role_id") : [];
  const seen = [...(await all("roles", [], 10_000)), ...own.filter(({ status }) => status === "active")];
  return [...new Map([...builtInRows, ...seen].map((row) => [row.role_id, row])).values()];
};

const roleNamed = async (roleId: string, context: AccountContext): Promise<RoleRow | undefined> =>
  builtInRole(roleId) ?? (await visibleRoles(context)).find(({ role_id }) => role_id === roleId);

const missing = (roleId: string) => ({ rejected: `there is no role ${roleId}`, kind: "notFound", error: "resource_not_found" }) as const;

/** The modules and action bundles that the request checks. `is_check_all` means every bundle that the role's portal offers. */
const wantedIn = ({ module_elem_set = [] }: Module, portal: string): readonly RoleModule[] =>
  module_elem_set.map(({ module_id = "", data_level = "self", is_check_all, feature_set = [] }) => ({
    moduleId: module_id,
    dataLevel: data_level,
    actionBundleIds: is_check_all
      ? bundlesOf(module_id, portalOf(portal) ?? "user")
      : [...new Set(feature_set.flatMap(({ checked_action_bundle_id_set = [] }) => checked_action_bundle_id_set))],
  }));
