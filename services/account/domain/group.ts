import type { Decider, Rejection } from "../../../events/index.ts";
import type { GroupEvent } from "../../../schemas/generated/events.ts";
import { type GroupPath, groupIdsOf, pathBelow } from "./paths.ts";
import { isEmail } from "./personal-data.ts";

export type GroupCommand =
  | {
      type: "CreateGroup";
      groupId: string;
      name: string;
      description: string;
      /** Both empty for a root group. */
      parentGroupId: string;
      parentPath: GroupPath;
      owner: string;
      ownerPath: string;
    }
  | { type: "ModifyGroup"; groupId: string; name?: string | undefined; description?: string | undefined; parent?: Parent | undefined }
  | { type: "DeleteGroup"; groupId: string }
  | { type: "JoinGroup"; groupId: string; userIds: readonly string[] }
  | { type: "LeaveGroup"; groupId: string; userIds: readonly string[] }
  | { type: "AddSubgroup"; groupId: string; subgroupId: string }
  | { type: "RemoveSubgroup"; groupId: string; subgroupId: string }
  | ({ type: "FollowParent"; groupId: string } & Parent);

type Parent = { parentGroupId: string; parentPath: GroupPath };
type Active = {
  status: "active";
  name: string;
  description: string;
  parentGroupId: string;
  groupPath: GroupPath;
  userIds: readonly string[];
  subgroupIds: readonly string[];
};
export type Group = { status: "absent" } | Active | { status: "deleted" };

/** A node in the tree of groups. Its path follows its parent's path, and decides which rows its users see. */
export const group: Decider<GroupCommand, GroupEvent, Group> = {
  key: "groupId",
  initialState: { status: "absent" },

  decide: {
    CreateGroup: ({ groupId, parentGroupId, parentPath, name, description, owner, ownerPath }, { status }) => {
      if (status !== "absent") return [];
      const groupPath = pathBelow(parentPath, groupId);
      return [{ type: "GroupCreated", groupId, parentGroupId, groupPath, name, description, owner, ownerPath }];
    },

    ModifyGroup: ({ groupId, name, description, parent }, state) => {
      if (state.status !== "active") return gone(groupId, state);
      const described = { name: name ?? state.name, description: description ?? state.description };
      const moved = parent ? move(groupId, state, parent) : [];
      if ("rejected" in moved) return moved;
      const differs = described.name !== state.name || described.description !== state.description;
      return [...(differs ? [{ type: "GroupModified", groupId, ...described } as const] : []), ...moved];
    },

    DeleteGroup: ({ groupId }, state) => {
      if (state.status === "deleted") return [];
      if (state.status !== "active") return gone(groupId, state);
      if (state.userIds.length > 0) return { rejected: `the group ${groupId} still has users`, kind: "precondition" };
      if (state.subgroupIds.length > 0) return { rejected: `the group ${groupId} still has groups below it`, kind: "precondition" };
      return [{ type: "GroupDeleted", groupId, parentGroupId: state.parentGroupId }];
    },

    JoinGroup: ({ groupId, userIds }, state) => {
      if (state.status !== "active") return gone(groupId, state);
      const joining = [...new Set(userIds)].filter((userId) => !state.userIds.includes(userId));
      return joining.length === 0 ? [] : [{ type: "GroupJoined", groupId, groupPath: state.groupPath, userIds: joining }];
    },

    LeaveGroup: ({ groupId, userIds }, state) => {
      if (state.status !== "active") return gone(groupId, state);
      const leaving = state.userIds.filter((userId) => userIds.includes(userId));
      return leaving.length === 0 ? [] : [{ type: "GroupLeft", groupId, userIds: leaving }];
    },

    // The parent may have moved since the child took its path: the event carries the parent's current path.
    AddSubgroup: ({ groupId, subgroupId }, state) =>
      state.status === "active" && !state.subgroupIds.includes(subgroupId)
        ? [{ type: "SubgroupAdded", groupId, subgroupId, groupPath: state.groupPath }]
        : [],

    RemoveSubgroup: ({ groupId, subgroupId }, state) =>
      state.status === "active" && state.subgroupIds.includes(subgroupId) ? [{ type: "SubgroupRemoved", groupId, subgroupId }] : [],

    FollowParent: ({ groupId, ...parent }, state) =>
      state.status === "active" && state.parentGroupId === parent.parentGroupId ? move(groupId, state, parent) : [],
  },

  evolve: {
    GroupCreated: (_, { name, description, parentGroupId, groupPath, owner }) => ({
      status: "active",
      ...{ name: unlessEmail(name, owner), description, parentGroupId, groupPath },
      userIds: [],
      subgroupIds: [],
    }),
    GroupModified: (state, { name, description }) => change(state, (before) => ({ name: unlessEmail(name, before.name), description })),
    GroupMoved: (state, { parentGroupId, groupPath }) => change(state, () => ({ parentGroupId, groupPath })),
    GroupDeleted: () => ({ status: "deleted" }),
    GroupJoined: (state, joined) => change(state, ({ userIds }) => ({ userIds: [...userIds, ...joined.userIds] })),
    GroupLeft: (state, left) => change(state, ({ userIds }) => ({ userIds: userIds.filter((id) => !left.userIds.includes(id)) })),
    SubgroupAdded: (state, { subgroupId }) => change(state, ({ subgroupIds }) => ({ subgroupIds: [...subgroupIds, subgroupId] })),
    SubgroupRemoved: (state, { subgroupId }) =>
      change(state, ({ subgroupIds }) => ({ subgroupIds: subgroupIds.filter((id) => id !== subgroupId) })),
  },
};

/** In earlier releases the group of a vendor had the e-mail address of its first user as its name, which nothing passes on. */
export const unlessEmail = (name: string, otherwise: string): string => (isEmail(name) ? otherwise : name);

const move = (groupId: string, state: Active, { parentGroupId, parentPath }: Parent) => {
  if (groupIdsOf(parentPath).includes(groupId)) {
    const circle: Rejection = { rejected: `the group ${groupId} cannot be below itself`, kind: "invalid" };
    return circle;
  }
  const groupPath = pathBelow(parentPath, groupId);
  if (groupPath === state.groupPath) return [];
  const { parentGroupId: formerParentGroupId, userIds, subgroupIds } = state;
  return [{ type: "GroupMoved", groupId, parentGroupId, groupPath, formerParentGroupId, userIds, subgroupIds } as const];
};

const gone = (groupId: string, { status }: Group): Rejection => ({
  rejected: status === "deleted" ? `the group ${groupId} is deleted` : `there is no group ${groupId}`,
  kind: "notFound",
});
const change = (state: Group, by: (active: Active) => Partial<Active>): Group =>
  state.status === "active" ? { ...state, ...by(state) } : state;
