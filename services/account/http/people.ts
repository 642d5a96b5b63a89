import type { Condition, Rejection } from "../../../events/index.ts";
import { type CustomRoles, SYSTEM } from "../../chassis/access/access.ts";
import type { Person } from "../../chassis/access/power.ts";
import type { GroupPath } from "../domain/paths.ts";
import type { UserDocument } from "../read-models/users.ts";
import type { AccountReads, AllAccounts } from "./reads.ts";
import { builtInRole, isBuiltIn, type RoleRow } from "./role-rows.ts";

/** Users that are looked up for one command. */
const MOST = 10_000;
/** Whoever is not looked up counts as an administrator, whom only administrators cover. */
export const unknown: Person = { userId: "", roleIds: ["global_admin"], groupPaths: [] };

/** Finds people and their roles in the read models. */
export const peopleIn = ({ get, find }: AllAccounts) => {
  const having = async (field: "user_id" | "role_id" | "group_id", ids: readonly string[]): Promise<readonly Person[]> => {
    if (ids.length === 0) return [];
    const users = await find("users", [{ field, in: ids }], MOST + 1);
    return users.length > MOST ? [unknown] : peopleOf(users.filter(({ status }) => status === "active"));
  };
  /** Their groups are those that they follow, and those that they have just joined. */
  const peopleOf = async (users: readonly UserDocument[]): Promise<readonly Person[]> => {
    const ids = users.map(({ user_id }) => user_id);
    const groups = ids.length === 0 ? [] : await find("groups", [{ field: "user_ids", in: ids }], MOST);
    const joined = new Map<string, readonly GroupPath[]>();
    for (const { user_ids, group_path } of groups) for (const id of user_ids) joined.set(id, [...(joined.get(id) ?? []), group_path]);
    return users.map(({ user_id, role_id, group_paths }) => ({
      ...{ userId: user_id, roleIds: role_id },
      groupPaths: [...new Set([...(joined.get(user_id) ?? []), ...group_paths])],
    }));
  };
  /** Those in some groups: they follow them, or have just joined them. */
  const members = async (where: readonly Condition[]): Promise<readonly Person[]> => {
    const groups = await find("groups", where, MOST + 1);
    if (groups.length > MOST) return [unknown];
    const [ids, joined] = [groups.map(({ group_id }) => group_id), groups.flatMap(({ user_ids }) => user_ids)];
    return [...(await having("group_id", ids)), ...(await having("user_id", [...new Set(joined)]))];
  };
  return {
    /** Somebody without roles and groups if there is no such user. */
    user: async (userId: string): Promise<Person> => {
      const user = userId === SYSTEM ? undefined : await get("users", userId);
      const [person] = user ? await peopleOf([user]) : [];
      return person ?? { userId, roleIds: [], groupPaths: [] };
    },
    users: (userIds: readonly string[]) => having("user_id", [...new Set(userIds)]),
    withRole: (roleId: string) => having("role_id", [roleId]),
    inGroups: (groupIds: readonly string[]) => members([{ field: "group_id", in: groupIds }]),
    /** Those in the group of this path, or below. */
    below: (path: GroupPath) => members([{ field: "owner_path", from: `${path}:`, below: `${path};` }]),
    /** Empty if there is no such group. */
    groupPath: async (groupId: string): Promise<GroupPath> => (await get("groups", groupId))?.group_path ?? "",
    rolesOf: async (people: readonly Person[]): Promise<CustomRoles> => {
      const rows = await rolesNamed([...new Set(people.flatMap(({ roleIds }) => roleIds))], find);
      return new Map(rows.map(({ role_id, modules }) => [role_id, modules]));
    },
  };
};
export type People = ReturnType<typeof peopleIn>;

/** The roles with these ids that the caller sees, or the rejection if one is missing. */
export const visibleRolesNamed = async (ids: readonly string[], { all }: AccountReads): Promise<readonly RoleRow[] | Rejection> => {
  const roles = await rolesNamed(ids, all);
  const missing = ids.find((id) => !roles.some(({ role_id }) => role_id === id));
  return missing === undefined ? roles : { rejected: `there is no role ${missing}`, kind: "notFound", error: "resource_not_found" };
};

/** The built-in and custom roles with these ids, without deleted roles. */
export const rolesNamed = async (ids: readonly string[], look: AllAccounts["find"]): Promise<readonly RoleRow[]> => {
  const custom = ids.filter((id) => !isBuiltIn(id));
  const found = custom.length === 0 ? [] : await look("roles", [{ field: "role_id", in: custom }], custom.length);
  return [...ids.flatMap((id) => builtInRole(id) ?? []), ...found.filter(({ status }) => status === "active")];
};
