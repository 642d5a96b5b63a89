import type { Decider, Rejection } from "../../../events/index.ts";
import type { RoleEvent } from "../../../schemas/generated/events.ts";
import { bundles } from "../../../schemas/generated/http.ts";
import { builtInRoles } from "../../chassis/access/permissions.ts";
import { defaultGrant, defaultModule, portalOf, type RoleModule } from "./grants.ts";

export type RoleCommand =
  | { type: "CreateRole"; roleId: string; roleName: string; description: string; portal: string; owner: string; ownerPath: string }
  | { type: "ModifyRole"; roleId: string; roleName?: string | undefined; description?: string | undefined }
  | ({ type: "DeleteRole"; roleId: string } & Judged)
  | ({ type: "ModifyRoleModule"; roleId: string; modules: readonly RoleModule[] } & Judged);

/** What the role granted when it was decided that the caller may do this. */
type Judged = { before?: readonly RoleModule[] | undefined };

type Active = { status: "active"; roleName: string; description: string; modules: readonly RoleModule[] };
export type Role = { status: "absent" } | Active | { status: "deleted" };

/** A set of action bundles that the role's users may perform. */
export const role: Decider<RoleCommand, RoleEvent, Role> = {
  key: "roleId",
  initialState: { status: "absent" },

  decide: {
    CreateRole: ({ portal, ...described }, { status }) => {
      if (status !== "absent") return [];
      const known = portalOf(portal);
      if (!known) return invalid(`unsupported portal ${JSON.stringify(portal)}: global_admin, isv or user`);
      return [
        { ...described, type: "RoleCreated", portal },
        { type: "RoleModuleModified", roleId: described.roleId, modules: [defaultGrant(known)] },
      ];
    },

    ModifyRole: ({ roleId, roleName, description }, state) => {
      if (state.status !== "active") return refused(roleId, state);
      const described = { roleName: roleName ?? state.roleName, description: description ?? state.description };
      const differs = described.roleName !== state.roleName || described.description !== state.description;
      return differs ? [{ type: "RoleModified", roleId, ...described }] : [];
    },

    DeleteRole: ({ roleId, before }, state) => {
      if (state.status === "deleted") return [];
      if (state.status === "absent") return refused(roleId, state);
      return before && !same(before, state.modules) ? overtaken(roleId) : [{ type: "RoleDeleted", roleId }];
    },

    ModifyRoleModule: ({ roleId, modules: wanted, before }, state) => {
      if (state.status !== "active") return refused(roleId, state);
      const wrong = wanted.map(wrongIn).find((sentence) => sentence !== undefined);
      if (wrong) return invalid(wrong);
      const modules = modulesAfter(state.modules, wanted);
      if (same(modules, state.modules)) return [];
      return before && !same(before, state.modules) ? overtaken(roleId) : [{ type: "RoleModuleModified", roleId, modules }];
    },
  },

  evolve: {
    RoleCreated: (_, { roleName, description }) => ({ status: "active", roleName, description, modules: [] }),
    RoleModified: (state, { roleName, description }) => change(state, { roleName, description }),
    RoleModuleModified: (state, { modules }) => change(state, { modules }),
    RoleDeleted: () => ({ status: "deleted" }),
  },
};

/** What the role grants after a change. It keeps the default module even if the request omits it. */
export const modulesAfter = (before: readonly RoleModule[], wanted: readonly RoleModule[]): readonly RoleModule[] => {
  const granted = wanted.filter(({ actionBundleIds }) => actionBundleIds.length > 0);
  return granted.some(isDefault) ? granted : [...before.filter(isDefault), ...granted];
};

const isDefault = ({ moduleId }: RoleModule): boolean => moduleId === defaultModule;

const wrongIn = ({ moduleId, dataLevel, actionBundleIds }: RoleModule): string | undefined => {
  if (!Object.values(bundles).some(({ module }) => module === moduleId)) return `there is no module ${moduleId}`;
  if (!["all", "group", "self"].includes(dataLevel)) return `unsupported data level ${JSON.stringify(dataLevel)}: all, group or self`;
  const foreign = actionBundleIds.find((id) => bundles[id]?.module !== moduleId);
  return foreign && `the module ${moduleId} has no action bundle ${foreign}`;
};

const same = (a: readonly RoleModule[], b: readonly RoleModule[]): boolean => JSON.stringify(a.map(plain)) === JSON.stringify(b.map(plain));
const plain = ({ moduleId, dataLevel, actionBundleIds }: RoleModule) => [moduleId, dataLevel, actionBundleIds];

const invalid = (rejected: string): Rejection => ({ rejected, kind: "invalid", error: "unsupported_parameter_value" });
const overtaken = (roleId: string): Rejection => ({
  rejected: `the role ${roleId} has just been changed: try again`,
  kind: "precondition",
});
const refused = (roleId: string, { status }: Role): Rejection => {
  if (Object.hasOwn(builtInRoles, roleId))
    return { rejected: `the role ${roleId} belongs to the platform and cannot be changed`, kind: "denied" };
  return { rejected: status === "deleted" ? `the role ${roleId} is deleted` : `there is no role ${roleId}`, kind: "notFound" };
};
const change = (state: Role, changes: Partial<Active>): Role => (state.status === "active" ? { ...state, ...changes } : state);
