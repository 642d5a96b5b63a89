import type { OperationId } from "../../../schemas/generated/http.ts";

/** Whose rows a caller sees: everybody's, those of the own group and the groups below it, or the own ones. */
export type DataLevel = "all" | "group" | "self";
export type Portal = "global_admin" | "isv" | "user";

/** Operations that are granted together, and the portals whose roles may have them. */
export type Bundle = { readonly module: string; readonly portals: readonly Portal[]; readonly operations: readonly OperationId[] };

const everybody: readonly Portal[] = ["global_admin", "isv", "user"];
const vendors: readonly Portal[] = ["global_admin", "isv"];
const admin: readonly Portal[] = ["global_admin"];
const isv: readonly Portal[] = ["isv"];

const bundle = (module: string, portals: readonly Portal[], ...operations: readonly OperationId[]): Bundle => ({
  module,
  portals,
  operations,
});

/** Every action bundle, also those whose operations are not served. The module m0 belongs to every role. */
export const bundles: { readonly [id: string]: Bundle } = {
  "m0.f1.a3": bundle("m0", everybody, "DescribeUsers", "DescribeUsersDetail"),
  "m0.f1.a4": bundle("m0", everybody, "ModifyUser", "ChangePassword", "CreatePasswordReset", "ValidateUserPassword", "GetPasswordReset"),
  "m0.f2.a1": bundle("m0", everybody, "DescribeRoles", "GetRole", "GetRoleModule"),
  "m0.f3.a1": bundle("m0", everybody, "DescribeGroups", "DescribeGroupsDetail"),
  "m0.f4.a1": bundle("m0", everybody, "GetAttachment"),
  "m0.f6.a1": bundle("m0", everybody, "DescribeCategories"),
  "m0.f7.a1": bundle("m0", everybody, "DescribeJobs", "GetCommand"),
  "m0.f8.a1": bundle("m0", everybody, "DescribeTasks"),
  "m0.f9.a1": bundle(
    "m0",
    everybody,
    "DescribeApps",
    "DescribeActiveApps",
    "DescribeAppVersions",
    "DescribeActiveAppVersions",
    "DescribeAppVersionAudits",
    "GetAppVersionPackage",
    "GetAppVersionPackageFiles",
  ),
  "m0.f10.a1": bundle("m0", everybody, "DescribeClusters", "DescribeClusterNodes", "DescribeClusterNodeLogs", "DescribeAppClusters"),
  "m0.f11.a1": bundle("m0", everybody, "DescribeRuntimes"),
  "m0.f12.a1": bundle("m0", everybody, "DescribeRuntimeCredentials"),
  "m0.f14.a1": bundle("m0", everybody, "DescribeRepos"),
  "m0.f14.a2": bundle("m0", everybody, "DescribeRepoEvents"),

  "m1.f1.a1": bundle("m1", everybody, "GetAppStatistics"),
  "m1.f1.a2": bundle("m1", vendors, "CreateApp", "CreateAppVersion", "ValidatePackage", "UploadAppAttachment"),
  "m1.f1.a3": bundle("m1", vendors, "ModifyApp", "ModifyAppVersion"),
  "m1.f1.a4": bundle("m1", vendors, "DeleteApps", "DeleteAppVersion"),
  "m1.f1.a5": bundle("m1", vendors, "ReleaseAppVersion"),
  "m1.f1.a6": bundle("m1", admin, "SuspendAppVersion"),
  "m1.f1.a7": bundle("m1", admin, "RecoverAppVersion"),
  "m1.f2.a1": bundle("m1", vendors, "SubmitAppVersion"),
  "m1.f2.a2": bundle("m1", vendors, "CancelAppVersion"),
  isv_review: bundle("m1", isv, "IsvReviewAppVersion", "IsvPassAppVersion", "IsvRejectAppVersion", "DescribeAppVersionReviews"),
  business_review: bundle(
    "m1",
    admin,
    "BusinessReviewAppVersion",
    "BusinessPassAppVersion",
    "BusinessRejectAppVersion",
    "DescribeAppVersionReviews",
  ),
  technical_review: bundle(
    "m1",
    admin,
    "TechnicalReviewAppVersion",
    "TechnicalPassAppVersion",
    "TechnicalRejectAppVersion",
    "DescribeAppVersionReviews",
  ),
  "m1.f3.a2": bundle("m1", admin, "CreateCategory"),
  "m1.f3.a3": bundle("m1", admin, "ModifyCategory"),
  "m1.f3.a4": bundle("m1", admin, "DeleteCategories"),

  "m2.f1.a1": bundle("m2", everybody),
  "m2.f1.a2": bundle("m2", everybody),
  "m2.f1.a3": bundle("m2", everybody),
  "m2.f1.a4": bundle("m2", everybody),
  "m2.f1.a5": bundle("m2", everybody),

  "m3.f1.a1": bundle("m3", everybody, "CreateCluster"),
  "m3.f1.a2": bundle("m3", everybody, "ModifyClusterAttributes", "ModifyClusterNodeAttributes"),
  "m3.f1.a3": bundle("m3", everybody, "DeleteClusters"),
  "m3.f1.a4": bundle("m3", everybody, "UpgradeCluster"),
  "m3.f1.a5": bundle("m3", everybody, "RollbackCluster"),
  "m3.f1.a6": bundle("m3", everybody, "ResizeCluster"),
  "m3.f1.a7": bundle("m3", everybody, "AddClusterNodes", "DeleteClusterNodes"),
  "m3.f1.a8": bundle("m3", everybody, "UpdateClusterEnv"),
  "m3.f1.a9": bundle("m3", everybody, "GetClusterStatistics"),
  "m3.f1.a10": bundle("m3", everybody, "StopClusters"),
  "m3.f1.a11": bundle("m3", everybody, "StartClusters"),
  "m3.f1.a12": bundle("m3", everybody, "CeaseClusters"),
  "m3.f1.a13": bundle("m3", everybody, "RecoverClusters"),

  "m4.f1.a1": bundle("m4", admin, "CreateUser"),
  "m4.f1.a2": bundle("m4", isv, "IsvCreateUser"),
  "m4.f1.a5": bundle("m4", everybody, "BindUserRole", "UnbindUserRole"),
  "m4.f1.a6": bundle("m4", vendors, "DeleteUsers"),
  "m4.f2.a2": bundle("m4", vendors, "DeleteRoles"),
  "m4.f2.a3": bundle("m4", vendors, "CreateRole"),
  "m4.f2.a4": bundle("m4", vendors, "ModifyRole"),
  "m4.f2.a5": bundle("m4", vendors, "ModifyRoleModule"),
  "m4.f3.a1": bundle("m4", everybody, "CreateGroup"),
  "m4.f3.a3": bundle("m4", everybody, "ModifyGroup"),
  "m4.f3.a4": bundle("m4", everybody, "DeleteGroups"),
  "m4.f3.a5": bundle("m4", everybody, "JoinGroup"),
  "m4.f3.a6": bundle("m4", everybody, "LeaveGroup"),

  "m6.f1.a1": bundle("m6", everybody, "CreateRuntime", "DescribeRuntimeProviderZones"),
  "m6.f1.a2": bundle("m6", everybody, "GetRuntimeStatistics"),
  "m6.f1.a3": bundle("m6", everybody, "ModifyRuntime"),
  "m6.f1.a4": bundle("m6", everybody, "DeleteRuntimes"),
  "m6.f2.a1": bundle("m6", everybody, "CreateRuntimeCredential", "ValidateRuntimeCredential"),
  "m6.f2.a3": bundle("m6", everybody, "ModifyRuntimeCredential"),
  "m6.f2.a4": bundle("m6", everybody, "DeleteRuntimeCredentials"),

  "m8.f2.a2": bundle("m8", vendors),
};

/** The modules of a role with their data levels; where `only` names bundles, the role has no others of the module. */
export type RoleModules = { readonly [module: string]: { readonly level: DataLevel; readonly only?: readonly string[] } };
export type BuiltInRole = { readonly portal: Portal; readonly modules: RoleModules };

const at = (level: DataLevel, ...modules: readonly string[]): RoleModules =>
  Object.fromEntries(modules.map((module) => [module, { level }]));

/** What a developer has of the module of applications: no reviews, no categories, nothing of others. */
const developerBundles = ["m1.f1.a1", "m1.f1.a2", "m1.f1.a3", "m1.f1.a4", "m1.f1.a5", "m1.f2.a1", "m1.f2.a2"];

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

/** Operations that no bundle holds: they are the administrator's, and those of repositories their vendors' own. */
export const unbundled: { readonly [operation in OperationId]?: { readonly [role: string]: DataLevel } } = {
  CreateRepo: { global_admin: "all", isv: "self", developer: "self" },
  ModifyRepo: { global_admin: "all", isv: "self", developer: "self" },
  DeleteRepos: { global_admin: "all", isv: "self", developer: "self" },
  IndexRepo: { global_admin: "all", isv: "self", developer: "self" },
  ValidateRepo: { global_admin: "all", isv: "self", developer: "self" },
  AdminPassAppVersion: { global_admin: "all" },
  AdminRejectAppVersion: { global_admin: "all" },
  CanDo: { global_admin: "all" },
  CreateClient: { global_admin: "all" },
};
