import type { Sealed, UserModified } from "../../../schemas/generated/events.ts";
import { type Owned, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { groupIdOf, rootGroupIdOf } from "../domain/paths.ts";
import { addressIn } from "../domain/personal-data.ts";
import { born, never, type Times } from "./common.ts";

export type UserDocument = Times &
  Owned & {
    readonly user_id: string;
    /** What is known of the person, as ciphertext. Empty: the user is deleted, or has the next four fields in clear from an earlier release. */
    readonly person: Sealed | "";
    /** What tells the e-mail address from others. */
    readonly address: string;
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
  version: 5,
  initialState: {
    ...{ user_id: "", person: "", address: "", username: "", email: "", phone_number: "", description: "", status: "" },
    ...{ role_id: [], group_path: "", group_paths: [], group_id: [], root_group_id: [] },
    ...unowned,
    ...never,
  },
  evolve: {
    UserCreated: (_, { userId, roleIds, groupPath, owner, ownerPath, ...event }, { time }) => ({
      ...{ user_id: userId, ...knownOf(event), status: "active", role_id: roleIds },
      ...inGroups(groupPath === "" ? [] : [groupPath]),
      ...{ owner, owner_path: ownerPath, owner_group: groupsIn(groupPath === "" ? [] : [groupPath]) },
      ...born(time),
    }),
    UserModified: (user, event, { time }) => ({ ...user, ...knownOf(event), update_time: time }),
    UserDeleted: (user, _, { time }) => ({
      ...user,
      ...{ person: "", address: "", username: "", email: "", phone_number: "", description: "", status: "deleted" },
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
  indexes: ["user_id", "address", "status", "role_id", "group_id"],
};

/** A fold opens nothing: what it makes is the same before and after a key is destroyed. */
const knownOf = ({ person, username, email, phoneNumber, description, emailDigest }: Omit<UserModified, "type" | "userId">) => ({
  ...{ person: person ?? ("" as const), address: addressIn({ email, emailDigest }) },
  ...{ username, email, phone_number: phoneNumber, description },
});
const inGroups = (paths: readonly string[]) => ({
  group_path: paths.at(-1) ?? "",
  group_paths: paths,
  group_id: paths.map(groupIdOf),
  root_group_id: [...new Set(paths.map(rootGroupIdOf))],
});
const groupsIn = (paths: readonly string[]) => ["", ...paths.map(groupIdOf)];
