import type { Reactions } from "../../events/reaction.ts";
import type { AccountCommand } from "./domain/domain.ts";
import { groupIdOf, groupIdsOf } from "./domain/paths.ts";

/** What users see follows their groups, and groups follow the groups above them. */
export const reactions: Reactions<AccountCommand> = {
  // A vendor's first user brings the vendor's group along.
  UserCreated: ({ userId, email, groupPath, owner, ownerPath }) => {
    const groupId = groupIdOf(groupPath);
    if (groupId === "") return [];
    const found = {
      type: "CreateGroup",
      groupId,
      parentGroupId: "",
      parentPath: "",
      name: email,
      description: "",
      owner,
      ownerPath,
    } as const;
    const join = { type: "JoinGroup", groupId, userIds: [userId] } as const;
    return groupIdsOf(groupPath).length === 1 ? [found, join] : join;
  },
  UserDeleted: ({ userId, groupIds }) => groupIds.map((groupId) => ({ type: "LeaveGroup", groupId, userIds: [userId] })),

  GroupJoined: ({ groupPath, userIds }) => userIds.map((userId) => ({ type: "EnterGroup", userId, groupPath })),
  GroupLeft: ({ groupId, userIds }) => userIds.map((userId) => ({ type: "ExitGroup", userId, groupId })),

  GroupCreated: ({ groupId, parentGroupId }) =>
    parentGroupId === "" ? [] : { type: "AddSubgroup", groupId: parentGroupId, subgroupId: groupId },
  GroupMoved: ({ groupId, groupPath, parentGroupId, formerParentGroupId, userIds, subgroupIds }) => [
    ...userIds.map((userId) => ({ type: "FollowGroup", userId, groupPath }) as const),
    ...subgroupIds.map((id) => ({ type: "FollowParent", groupId: id, parentGroupId: groupId, parentPath: groupPath }) as const),
    ...(formerParentGroupId === parentGroupId
      ? []
      : [
          ...(formerParentGroupId === "" ? [] : [{ type: "RemoveSubgroup", groupId: formerParentGroupId, subgroupId: groupId } as const]),
          ...(parentGroupId === "" ? [] : [{ type: "AddSubgroup", groupId: parentGroupId, subgroupId: groupId } as const]),
        ]),
  ],
  GroupDeleted: ({ groupId, parentGroupId }) =>
    parentGroupId === "" ? [] : { type: "RemoveSubgroup", groupId: parentGroupId, subgroupId: groupId },

  // The parent may have moved before it knew of this group.
  SubgroupAdded: ({ groupId, subgroupId, groupPath }) => ({
    type: "FollowParent",
    groupId: subgroupId,
    parentGroupId: groupId,
    parentPath: groupPath,
  }),
};
