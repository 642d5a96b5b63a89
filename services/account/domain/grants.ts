import { bundles, type Portal } from "../../../schemas/generated/http.ts";
import type { BuiltInRole, DataLevel } from "../../chassis/access/permissions.ts";
import { modules } from "./modules.ts";

/** The action bundles of a module that a role grants, and the data level: whose rows they cover. `RoleModuleModified` carries it. */
export type RoleModule = { readonly moduleId: string; readonly dataLevel: string; readonly actionBundleIds: readonly string[] };

/** The module that every role has. */
export const defaultModule = "m0";

/** Action bundles of a module that the roles of a portal may have. */
export const bundlesOf = (moduleId: string, portal: Portal): readonly string[] =>
  Object.entries(bundles).flatMap(([id, { module, portals }]) => (module === moduleId && portals.includes(portal) ? [id] : []));

/** The modules that a built-in role grants, in the form of a custom role. */
export const modulesOf = ({ portal, modules: levels }: BuiltInRole): readonly RoleModule[] =>
  modules.flatMap(({ id }) => {
    const granted = levels[id];
    if (!granted) return [];
    const { level, only }: { readonly level: DataLevel; readonly only?: readonly string[] } = granted;
    return [{ moduleId: id, dataLevel: level, actionBundleIds: bundlesOf(id, portal).filter((bundle) => only?.includes(bundle) ?? true) }];
  });

/** The default module of a new role. Its data level depends on the role's portal. */
export const defaultGrant = (portal: Portal): RoleModule => ({
  moduleId: defaultModule,
  dataLevel: defaultLevels[portal],
  actionBundleIds: bundlesOf(defaultModule, portal),
});
const defaultLevels: { readonly [P in Portal]: DataLevel } = { global_admin: "all", isv: "group", user: "self" };

export const portalOf = (text: string): Portal | undefined => (["global_admin", "isv", "user"] as const).find((portal) => portal === text);
