import { type Owned, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { groupIdOf, rootGroupIdOf } from "../domain/paths.ts";
import { born, never, type Times } from "./common.ts";

export type UserDocument = Times &
  Owned & {
    readonly user_id: string;
    readonly username: string;
    readonly email: string;
    readonly phone_number: string;
    readonly description: string;
    readonly status: string;
    readonly role_id: readonly string[];
    /** The path of the group joined last. */
    readonly group_path: string;
    /** The paths of all groups, in the order of joining. */
    readonly group_paths: readonly string[];
    readonly group_id: readonly string[];
    readonly root_group_id: readonly string[];
  };

/** All users, deleted ones included, of whom nothing but the ids is left. They belong to themselves, and to all their groups. */
export const users: Projection<UserDocument> = {
  name: "users",
  version: 4,
  initialState: {
    ...{ user_id: "", username: "", email: "", phone_number: "", description: "", status: "" },
    ...{ role_id: [], group_path: "", group_paths: [], group_id: [], root_group_id: [] },
    ...unowned,
    ...never,
  },
  evolve: {
    UserCreated: (_, { userId, username, email, phoneNumber, description, roleIds, groupPath, owner, ownerPath }, { time }) => ({
      ...{ user_id: userId, username, email, phone_number: phoneNumber, description, status: "active" },
      role_id: roleIds,
      ...inGroups(groupPath === "" ? [] : [groupPath]),
      ...{ owner, owner_path: ownerPath, owner_group: groupsIn(groupPath === "" ? [] : [groupPath]) },
      ...born(time),
    }),
    UserModified: (user, { username, email, phoneNumber, description }, { time }) => ({
      ...user,
      ...{ username, email, phone_number: phoneNumber, description, update_time: time },
    }),
    UserDeleted: (user, _, { time }) => ({
      ...user,
      ...{ username: "", email: "", phone_number: "", description: "", status: "deleted" },
      ...inGroups([]),
      ...{ status_time: time, update_time: time },
    }),
    UserRoleBound: (user, { roleId }) => ({ ...user, role_id: [...user.role_id, roleId] }),
    UserRoleUnbound: (user, { roleId }) => ({ ...user, role_id: user.role_id.filter((id) => id !== roleId) }),
    UserGroupPathChanged: (user, { groupPaths, ownerPath }) => ({
      ...user,
      ...inGroups(groupPaths),
      ...{ owner_path: ownerPath, owner_group: groupsIn(groupPaths) },
    }),
  },
  indexes: ["user_id", "email", "status", "role_id", "group_id"],
};

const inGroups = (paths: readonly string[]) => ({
  group_path: paths.at(-1) ?? "",
  group_paths: paths,
  group_id: paths.map(groupIdOf),
  root_group_id: [...new Set(paths.map(rootGroupIdOf))],
});
const groupsIn = (paths: readonly string[]) => ["", ...paths.map(groupIdOf)];
