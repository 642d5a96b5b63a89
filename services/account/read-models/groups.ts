import { groupOf, type Owned, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { unlessEmail } from "../domain/group.ts";
import { rootGroupIdOf } from "../domain/paths.ts";
import { born, never, type Times } from "./common.ts";

export type GroupDocument = Times &
  Owned & {
    readonly group_id: string;
    readonly parent_group_id: string;
    readonly root_group_id: string;
    readonly group_path: string;
    readonly name: string;
    readonly description: string;
    readonly status: string;
    /** Those in the group itself. */
    readonly user_ids: readonly string[];
  };

/**
 * All groups, deleted ones included. A group belongs to itself and to the group above it: who sees the members sees the group. A root group
 * belongs to its creator's group, too, until somebody moves it.
 */
export const groups: Projection<GroupDocument> = {
  name: "groups",
  version: 5,
  initialState: {
    ...{ group_id: "", parent_group_id: "", root_group_id: "", group_path: "", name: "", description: "", status: "" },
    user_ids: [],
    ...unowned,
    ...never,
  },
  evolve: {
    GroupCreated: (_, { groupId, parentGroupId, groupPath, name, description, owner, ownerPath }, { time }) => ({
      ...{ group_id: groupId, name: unlessEmail(name, owner), description, status: "active", owner },
      user_ids: [],
      ...at(groupPath, parentGroupId),
      owner_group: [groupId, parentGroupId || groupOf(ownerPath)],
      ...born(time),
    }),
    GroupModified: (group, { name, description }, { time }) => ({
      ...group,
      ...{ name: unlessEmail(name, group.name), description, update_time: time },
    }),
    GroupMoved: (group, { groupId, groupPath, parentGroupId }, { time }) => ({
      ...group,
      ...at(groupPath, parentGroupId),
      owner_group: parentGroupId === "" ? [groupId] : [groupId, parentGroupId],
      update_time: time,
    }),
    GroupJoined: (group, { userIds }) => ({ ...group, user_ids: [...new Set([...group.user_ids, ...userIds])] }),
    GroupLeft: (group, { userIds }) => ({ ...group, user_ids: group.user_ids.filter((id) => !userIds.includes(id)) }),
    GroupDeleted: (group, _, { time }) => ({ ...group, status: "deleted", status_time: time, update_time: time }),
  },
  indexes: ["group_id", "parent_group_id", "root_group_id", "status", "owner_path", "user_ids"],
};

const at = (groupPath: string, parentGroupId: string) => ({
  parent_group_id: parentGroupId,
  root_group_id: rootGroupIdOf(groupPath),
  group_path: groupPath,
  owner_path: `${groupPath}:`,
});
