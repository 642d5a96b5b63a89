import { test } from "node:test";
import type { GroupEvent } from "../../../schemas/generated/events.ts";
import { group } from "../../../services/account/domain/group.ts";
import { given } from "../../spec.ts";

const groupId = "grp-b";
const owner = { owner: "usr-ada", ownerPath: ":usr-ada" };
const create = {
  type: "CreateGroup",
  groupId,
  parentGroupId: "grp-a",
  parentPath: ":grp-a",
  name: "b",
  description: "",
  ...owner,
} as const;
const created: GroupEvent = {
  type: "GroupCreated",
  groupId,
  parentGroupId: "grp-a",
  groupPath: ":grp-a:grp-b",
  name: "b",
  description: "",
  ...owner,
};
const joined: GroupEvent = { type: "GroupJoined", groupId, groupPath: ":grp-a:grp-b", userIds: ["usr-1", "usr-2"] };
const withChild: GroupEvent = { type: "SubgroupAdded", groupId, subgroupId: "grp-c", groupPath: ":grp-a:grp-b" };
const deleted: GroupEvent = { type: "GroupDeleted", groupId, parentGroupId: "grp-a" };

test("a group stands below its parent", () => given(group).when(create).expect(created));
test("a group without a parent is a root", () =>
  given(group)
    .when({ ...create, parentGroupId: "", parentPath: "" })
    .expect({ ...created, parentGroupId: "", groupPath: ":grp-b" }));
test("a group is not created twice", () => {
  given(group, created).when(create).expectNothing();
  given(group, created, deleted).when(create).expectNothing();
});

test("a changed group keeps what was not named", () =>
  given(group, created)
    .when({ type: "ModifyGroup", groupId, description: "ours" })
    .expect({ type: "GroupModified", groupId, name: "b", description: "ours" }));
test("a change to what already is changes nothing", () =>
  given(group, created)
    .when({ type: "ModifyGroup", groupId, name: "b", parent: { parentGroupId: "grp-a", parentPath: ":grp-a" } })
    .expectNothing());
test("a group moves with all that is in it", () =>
  given(group, created, joined, withChild)
    .when({ type: "ModifyGroup", groupId, parent: { parentGroupId: "grp-z", parentPath: ":grp-z" } })
    .expect({
      type: "GroupMoved",
      groupId,
      ...{ parentGroupId: "grp-z", groupPath: ":grp-z:grp-b", formerParentGroupId: "grp-a" },
      ...{ userIds: ["usr-1", "usr-2"], subgroupIds: ["grp-c"] },
    }));
test("a group cannot be moved below itself", () =>
  given(group, created)
    .when({ type: "ModifyGroup", groupId, name: "x", parent: { parentGroupId: "grp-c", parentPath: ":grp-a:grp-b:grp-c" } })
    .expectRejection(/cannot be below itself/, { kind: "invalid" }));

test("an empty group is deleted", () => given(group, created).when({ type: "DeleteGroup", groupId }).expect(deleted));
test("a deleted group stays deleted", () => given(group, created, deleted).when({ type: "DeleteGroup", groupId }).expectNothing());
test("a group with users is not deleted", () =>
  given(group, created, joined)
    .when({ type: "DeleteGroup", groupId })
    .expectRejection(/still has users/, { kind: "precondition" }));
test("a group with groups below it is not deleted", () =>
  given(group, created, withChild)
    .when({ type: "DeleteGroup", groupId })
    .expectRejection(/still has groups below/, { kind: "precondition" }));
test("a group is deleted once everybody and everything has left it", () =>
  given(
    group,
    created,
    joined,
    withChild,
    { type: "GroupLeft", groupId, userIds: ["usr-1", "usr-2"] },
    { type: "SubgroupRemoved", groupId, subgroupId: "grp-c" },
  )
    .when({ type: "DeleteGroup", groupId })
    .expect(deleted));

test("a user joins once", () => {
  given(group, created, joined)
    .when({ type: "JoinGroup", groupId, userIds: ["usr-1", "usr-3", "usr-3"] })
    .expect({ type: "GroupJoined", groupId, groupPath: ":grp-a:grp-b", userIds: ["usr-3"] });
  given(group, created, joined)
    .when({ type: "JoinGroup", groupId, userIds: ["usr-1"] })
    .expectNothing();
});
test("those who are in a group can leave it", () => {
  given(group, created, joined)
    .when({ type: "LeaveGroup", groupId, userIds: ["usr-2", "usr-9"] })
    .expect({ type: "GroupLeft", groupId, userIds: ["usr-2"] });
  given(group, created, joined)
    .when({ type: "LeaveGroup", groupId, userIds: ["usr-9"] })
    .expectNothing();
});

test("a group learns of a group below it once, and tells its own path", () => {
  given(group, created).when({ type: "AddSubgroup", groupId, subgroupId: "grp-c" }).expect(withChild);
  given(group, created, withChild).when({ type: "AddSubgroup", groupId, subgroupId: "grp-c" }).expectNothing();
  given(group, created, deleted).when({ type: "AddSubgroup", groupId, subgroupId: "grp-c" }).expectNothing();
});
test("a group forgets a group that is no longer below it", () => {
  const forget = { type: "RemoveSubgroup", groupId, subgroupId: "grp-c" } as const;
  given(group, created, withChild).when(forget).expect({ type: "SubgroupRemoved", groupId, subgroupId: "grp-c" });
  given(group, created).when(forget).expectNothing();
});
test("a group follows its parent, and only its parent", () => {
  given(group, created)
    .when({ type: "FollowParent", groupId, parentGroupId: "grp-a", parentPath: ":grp-z:grp-a" })
    .expectTypes("GroupMoved");
  given(group, created).when({ type: "FollowParent", groupId, parentGroupId: "grp-a", parentPath: ":grp-a" }).expectNothing();
  given(group, created).when({ type: "FollowParent", groupId, parentGroupId: "grp-y", parentPath: ":grp-y" }).expectNothing();
  given(group, created, deleted)
    .when({ type: "FollowParent", groupId, parentGroupId: "grp-a", parentPath: ":grp-z:grp-a" })
    .expectNothing();
});
test("two groups moved below each other at once do not follow each other for ever", () =>
  given(group, created)
    .when({ type: "FollowParent", groupId, parentGroupId: "grp-a", parentPath: ":grp-b:grp-a" })
    .expectRejection(/cannot be below itself/));

test("what is absent or deleted is not found", () => {
  for (const command of [
    { type: "ModifyGroup", groupId, name: "x" },
    { type: "JoinGroup", groupId, userIds: ["usr-1"] },
    { type: "LeaveGroup", groupId, userIds: ["usr-1"] },
  ] as const) {
    given(group)
      .when(command)
      .expectRejection(/there is no group/, { kind: "notFound" });
    given(group, created, deleted)
      .when(command)
      .expectRejection(/is deleted/, { kind: "notFound" });
  }
  given(group)
    .when({ type: "DeleteGroup", groupId })
    .expectRejection(/there is no group/, { kind: "notFound" });
});
