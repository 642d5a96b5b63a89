import type { Reactions } from "../chassis/events.ts";
import type { AccountCommand } from "./domain/domain.ts";
import { groupIdOf, groupIdsOf } from "./domain/paths.ts";

/** Users follow the paths of their groups, groups the paths of their parents, and the generation of a user the password. */
export const reactions: Reactions<AccountCommand> = {
  UserCreated: [
    // The first user of a vendor creates the vendor's root group.
    {
      issues: "CreateGroup",
      given: ({ userId, groupPath, owner, ownerPath }) =>
        groupIdsOf(groupPath).length === 1
          ? { groupId: groupIdOf(groupPath), parentGroupId: "", parentPath: "", name: userId, description: "", owner, ownerPath }
          : [],
    },
    {
      issues: "JoinGroup",
      given: ({ userId, groupPath }) => {
        const groupId = groupIdOf(groupPath);
        return groupId === "" ? [] : { groupId, userIds: [userId] };
      },
    },
  ],
  UserDeleted: [
    { issues: "LeaveGroup", given: ({ userId, groupIds }) => groupIds.map((groupId) => ({ groupId, userIds: [userId] })) },
    { issues: "RemovePassword", given: ({ userId }) => ({ userId }) },
  ],
  // All services hear that a password changed, and none of them the hash.
  PasswordSet: { issues: "RecordPasswordChange", given: ({ userId, generation }) => ({ userId, generation }) },

  GroupJoined: { issues: "EnterGroup", given: ({ groupPath, userIds }) => userIds.map((userId) => ({ userId, groupPath })) },
  GroupLeft: { issues: "ExitGroup", given: ({ groupId, userIds }) => userIds.map((userId) => ({ userId, groupId })) },

  GroupCreated: {
    issues: "AddSubgroup",
    given: ({ groupId, parentGroupId }) => (parentGroupId === "" ? [] : { groupId: parentGroupId, subgroupId: groupId }),
  },
  GroupMoved: [
    { issues: "FollowGroup", given: ({ groupPath, userIds }) => userIds.map((userId) => ({ userId, groupPath })) },
    {
      issues: "FollowParent",
      given: ({ groupId, groupPath, subgroupIds }) =>
        subgroupIds.map((id) => ({ groupId: id, parentGroupId: groupId, parentPath: groupPath })),
    },
    {
      issues: "RemoveSubgroup",
      given: ({ groupId, parentGroupId, formerParentGroupId }) =>
        formerParentGroupId === "" || formerParentGroupId === parentGroupId ? [] : { groupId: formerParentGroupId, subgroupId: groupId },
    },
    {
      issues: "AddSubgroup",
      given: ({ groupId, parentGroupId, formerParentGroupId }) =>
        parentGroupId === "" || parentGroupId === formerParentGroupId ? [] : { groupId: parentGroupId, subgroupId: groupId },
    },
  ],
  GroupDeleted: {
    issues: "RemoveSubgroup",
    given: ({ groupId, parentGroupId }) => (parentGroupId === "" ? [] : { groupId: parentGroupId, subgroupId: groupId }),
  },

  // The parent may have moved before the subgroup was added to it.
  SubgroupAdded: {
    issues: "FollowParent",
    given: ({ groupId, subgroupId, groupPath }) => ({ groupId: subgroupId, parentGroupId: groupId, parentPath: groupPath }),
  },
};
