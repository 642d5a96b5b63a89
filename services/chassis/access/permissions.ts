import type { BundleId, OperationId, Portal } from "../../../schemas/generated/http.ts";

/** Whose rows a caller sees: all rows, those of the caller's group and its subgroups, or the caller's own. */
export type DataLevel = "all" | "group" | "self";

/** The modules of a role with their data levels. If `only` is set, the role has only these bundles of the module. */
export type RoleModules = { readonly [module: string]: { readonly level: DataLevel; readonly only?: readonly BundleId[] } };
export type BuiltInRole = { readonly portal: Portal; readonly modules: RoleModules };

const at = (level: DataLevel, ...modules: readonly string[]): RoleModules =>
  Object.fromEntries(modules.map((module) => [module, { level }]));

/** A developer's bundles of the applications module: without reviews and categories. */
const developerBundles: readonly BundleId[] = ["m1.f1.a1", "m1.f1.a2", "m1.f1.a3", "m1.f1.a4", "m1.f1.a5", "m1.f2.a1", "m1.f2.a2"];

/** The roles that exist from the start. */
export const builtInRoles: { readonly [role: string]: BuiltInRole } = {
  global_admin: { portal: "global_admin", modules: at("all", "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8") },
  isv: { portal: "isv", modules: at("group", "m0", "m1", "m2", "m3", "m4", "m6", "m7") },
  developer: {
    portal: "isv",
    modules: { ...at("self", "m0", "m2", "m3", "m6"), m1: { level: "self", only: developerBundles } },
  },
  user: { portal: "user", modules: at("self", "m0", "m1", "m2", "m3", "m4", "m6", "m7", "m8") },
};

/** Operations on the platform itself. */
const operating = [
  ...(["DescribePlatform", "DescribeParkedStreams", "RedriveParkedStreams", "DiscardParkedEvent"] as const),
  ...(["DescribeReadModels", "MoveReadModel", "PlanReadModel", "GetParkedEvents"] as const),
  ...(["CreateInspection", "DescribeInspections", "GetInspection", "StopInspection"] as const),
];

/** Operations outside every bundle: administrators may call all of them, vendors those on the repositories of their group, and developers those on their own. */
export const unbundled: { readonly [operation in OperationId]?: { readonly [role: string]: DataLevel } } = {
  CreateRepo: { global_admin: "all", isv: "group", developer: "self" },
  ModifyRepo: { global_admin: "all", isv: "group", developer: "self" },
  DeleteRepos: { global_admin: "all", isv: "group", developer: "self" },
  IndexRepo: { global_admin: "all", isv: "group", developer: "self" },
  CreateRepoSyncToken: { global_admin: "all", isv: "group", developer: "self" },
  RevokeRepoSyncToken: { global_admin: "all", isv: "group", developer: "self" },
  ValidateRepo: { global_admin: "all", isv: "group", developer: "self" },
  AdminPassAppVersion: { global_admin: "all" },
  AdminRejectAppVersion: { global_admin: "all" },
  CanDo: { global_admin: "all" },
  ...Object.fromEntries(operating.map((operation) => [operation, { global_admin: "all" }])),
  CreateClient: { global_admin: "all" },
  DescribeClients: { global_admin: "all" },
  LimitClient: { global_admin: "all" },
  RevokeClients: { global_admin: "all" },
};

/** What a client for logins may call with its own credentials, before anybody has signed in: the store. */
export const storeOperations: ReadonlySet<OperationId> = new Set<OperationId>([
  ...(["DescribeActiveApps", "DescribeActiveAppVersions", "GetAppVersionPackage", "GetAppVersionPackageFiles"] as const),
  ...(["DescribeCategories", "GetAttachment"] as const),
]);
