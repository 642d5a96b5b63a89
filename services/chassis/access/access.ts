import type { AnyProjection, Condition } from "../../../events/index.ts";
import { bundles, type OperationId, operations } from "../../../schemas/generated/http.ts";
import { deleted, type Projection } from "../events.ts";
import { builtInRoles, type DataLevel, storeOperations, unbundled } from "./permissions.ts";

/** The access data of one user, group, role, client, signing key or ended session, folded from its stream. Each kind fills its own section. */
export type AccessDocument = {
  readonly kind: "user" | "group" | "role" | "client" | "key" | "session";
  readonly roleIds: readonly string[];
  /** The path of the group that a user joined last, to which belongs what they make. */
  readonly groupPath: string;
  /** All groups that a user is in. */
  readonly groupIds: readonly string[];
  /** The group above a group; empty for a root group, and for what is no group. */
  readonly parentGroupId: string;
  readonly modules: readonly { readonly moduleId: string; readonly dataLevel: string; readonly actionBundleIds: readonly string[] }[];
  readonly publicJwk: string;
  /** The number of a user's password: tokens that were issued under an earlier one are not good any more. */
  readonly generation: number;
  /** The action bundles that a client is limited to; empty: no limit. */
  readonly bundles: readonly string[];
};

const empty: AccessDocument = {
  ...{ kind: "user", roleIds: [], groupPath: "", groupIds: [], parentGroupId: "" },
  ...{ modules: [], publicJwk: "", generation: 0, bundles: [] },
};

/** The access read model that every service keeps, so that no service queries the account service at request time. Ids are stream ids. */
export const access: Projection<AccessDocument> = {
  name: "access",
  version: 4,
  initialState: empty,
  indexes: ["parentGroupId", "roleIds"],
  of: ["user", "group", "role", "client", "signingKey", "session"],
  key: Object.fromEntries(
    [
      "UserCreated",
      "UserDeleted",
      "UserRoleBound",
      "UserRoleUnbound",
      "UserGroupPathChanged",
      "UserPasswordChanged",
      "GroupCreated",
      "GroupMoved",
      "RoleCreated",
      "RoleDeleted",
      "RoleModuleModified",
      "ClientCreated",
      "ClientLimited",
      "ClientRevoked",
      "SigningKeyAnnounced",
      "SigningKeyRetired",
      "SessionEnded",
    ].map((type) => [type, (_: unknown, { stream }: { readonly stream: string }) => stream]),
  ),
  evolve: {
    UserCreated: (_, { roleIds, groupPath }) => ({ ...empty, kind: "user", roleIds, ...inGroups(groupPath === "" ? [] : [groupPath]) }),
    UserRoleBound: (user, { roleId }) => ({ ...user, roleIds: [...user.roleIds.filter((id) => id !== roleId), roleId] }),
    UserRoleUnbound: (user, { roleId }) => ({ ...user, roleIds: user.roleIds.filter((id) => id !== roleId) }),
    UserGroupPathChanged: (user, { groupPaths }) => ({ ...user, ...inGroups(groupPaths) }),
    UserPasswordChanged: (user, { generation }) => ({ ...user, generation: Math.max(user.generation, generation) }),
    UserDeleted: () => deleted,
    // A deleted group keeps its place: what belongs to it is within reach of those above.
    GroupCreated: (_, { parentGroupId }) => ({ ...empty, kind: "group", parentGroupId }),
    GroupMoved: (group, { parentGroupId }) => ({ ...group, parentGroupId }),
    RoleCreated: () => ({ ...empty, kind: "role" }),
    RoleModuleModified: (role, { modules }) => ({ ...role, modules }),
    RoleDeleted: () => deleted,
    ClientCreated: () => ({ ...empty, kind: "client" }),
    ClientLimited: (client, { actionBundleIds }) => ({ ...client, bundles: actionBundleIds }),
    ClientRevoked: () => deleted,
    SigningKeyAnnounced: (_, { publicJwk }) => ({ ...empty, kind: "key", publicJwk }),
    SigningKeyRetired: () => deleted,
    // Sessions are good unless they are known as ended.
    SessionEnded: () => ({ ...empty, kind: "session" }),
  },
};

/** The groups of these paths, which are in the order of joining. */
const inGroups = (paths: readonly string[]) => ({
  groupPath: paths.at(-1) ?? "",
  groupIds: paths.map((path) => path.split(":").at(-1) ?? ""),
});

/** The calling user, with their data level for the current operation. */
export type Caller = {
  readonly userId: string;
  readonly ownerPath: string;
  /** The groups that the user is in now. */
  readonly groups: readonly string[];
  /** These groups, and all below them now. */
  readonly groupsAndBelow: readonly string[];
  readonly level: DataLevel;
  /** The same user with the data level for another operation; undefined if they may not call it. */
  readonly as: (operation: OperationId) => Caller | undefined;
};
/** Documents within reach: those for which all conditions of any of these lists hold. */
export type Reach = readonly (readonly Condition[])[];

export type Authorization = {
  readonly allowed: boolean;
  readonly level: DataLevel /** Empty for all rows. */;
  readonly accessPath: string;
};
export type AccessUser = { readonly userId: string; readonly roleIds: readonly string[]; readonly groupPath: string };
/** The modules that custom roles grant, by role id. */
export type CustomRoles = ReadonlyMap<string, AccessDocument["modules"]>;

export const SYSTEM = "system";
/** Nobody in particular, who looks at the store before signing in. */
export const STORE = "store";
/** Whether an id is that of a principal who is no user and has no password. */
export const isBuiltInPrincipal = (userId: string): boolean => userId === SYSTEM || userId === STORE;
const widest: readonly DataLevel[] = ["all", "group", "self"];

/** Whether the user may call the operation, and at which data level. With several roles the widest level applies. */
export const authorize = (user: AccessUser, roles: CustomRoles, operation: OperationId): Authorization => {
  const levels = new Set(levelsFor(user, roles, operation));
  const granted = widest.find((level) => levels.has(level));
  // An empty group path would be a prefix of every path.
  const level = granted === "group" && user.groupPath === "" ? "self" : (granted ?? "self");
  return { allowed: granted !== undefined, level, accessPath: accessPath(user, level) };
};

const levelsFor = ({ userId, roleIds }: AccessUser, roles: CustomRoles, operation: OperationId): readonly DataLevel[] => {
  if (userId === SYSTEM) return ["all"];
  if (userId === STORE) return storeOperations.has(operation) ? ["self"] : [];
  return roleIds.flatMap((role) => levelsOf(role, roles.get(role), operation));
};

const accessPath = (user: AccessUser, level: DataLevel): string =>
  level === "all" ? "" : level === "group" ? user.groupPath : ownerPathOf(user);

/** The owner path of a user's rows, which data levels match by prefix. */
export const ownerPathOf = ({ userId, groupPath }: Pick<AccessUser, "userId" | "groupPath">): string => `${groupPath}:${userId}`;

const levelsOf = (roleId: string, custom: AccessDocument["modules"] | undefined, operation: OperationId): readonly DataLevel[] => {
  const builtIn = builtInRoles[roleId];
  const bare = unbundled[operation]?.[roleId];
  const granting = operations[operation].permission;
  if (builtIn) {
    const { portal, modules } = builtIn;
    const levels = granting.flatMap((id) => {
      const { module = "", portals = [] } = bundles[id] ?? {};
      const mine = modules[module];
      return mine && portals.includes(portal) && (mine.only?.includes(id) ?? true) ? [mine.level] : [];
    });
    return bare ? [...levels, bare] : levels;
  }
  if (!custom) return [];
  return granting.flatMap((id) => {
    const module = custom.find(({ actionBundleIds }) => actionBundleIds.includes(id));
    if (module) return levelNamed(module.dataLevel);
    // Every role has the default module.
    return bundles[id]?.module === "m0" ? levelNamed(custom.find(({ moduleId }) => moduleId === "m0")?.dataLevel ?? "self") : [];
  });
};

const levelNamed = (name: string): readonly DataLevel[] => widest.filter((level) => level === name);

/**
 * The rows that the caller's data level covers. `self`: those that the caller made outside of groups, or in a group that the caller is still in.
 * `group`: besides, those of the caller's groups and of all below.
 */
export const visible = ({ level, userId, groups, groupsAndBelow }: Omit<Caller, "as">): Reach => {
  if (level === "all") return [[]];
  const mine: readonly Condition[] = [
    { field: "owner", in: [userId] },
    { field: "owner_group", in: ["", ...groups] },
  ];
  return level === "self" ? [mine] : [mine, [{ field: "owner_group", in: groupsAndBelow }]];
};

/** Adds the access read model to a service, so that it can authorize requests by itself. */
export const withAccess = <S extends { readonly projections?: readonly AnyProjection[] }>(service: S): S => ({
  ...service,
  projections: [...(service.projections ?? []), access],
});
