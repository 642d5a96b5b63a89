import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountCommand } from "../../../services/account/domain/domain.ts";
import { account } from "../../../services/account/service.ts";
import { sealedAs } from "../../people.ts";
import { simulated } from "../../world/world.ts";
import { unnamed } from "./examples.ts";

const owner = { owner: "usr-admin", ownerPath: ":usr-admin" };
const group = (groupId: string, parentGroupId = "", parentPath = ""): AccountCommand => ({
  ...{ type: "CreateGroup", groupId, name: groupId, description: "", parentGroupId, parentPath },
  ...owner,
});
const user = (userId: string, groupPath = ""): AccountCommand => ({
  ...{ type: "CreateUser", userId, roleIds: ["developer"], groupPath },
  ...sealedAs(`${userId}@example.org`),
});

const platform = async (seed: number, ...commands: readonly AccountCommand[]) => {
  const running = await simulated([{ service: account, instances: 2, outside: () => unnamed }], { seed });
  const send = async (...more: readonly AccountCommand[]) => {
    for (const command of more) {
      const { rejection } = await running.send("account", command);
      assert.equal(rejection, null, rejection?.rejected);
    }
    await running.settle();
  };
  await send(...commands);
  const field = async (model: string, id: string, name: string) =>
    (await running.documents("account", model)).find((document) => document.id === id)?.value[name];
  return {
    ...running,
    send,
    ownerPath: (id: string) => field("users", id, "owner_path"),
    path: (id: string) => field("groups", id, "group_path"),
  };
};

test("whoever joins a group is seen by it, and whoever leaves it is not", async () => {
  const { send, ownerPath, stop } = await platform(1, group("grp-a"), user("usr-1"));
  assert.equal(await ownerPath("usr-1"), ":usr-1");
  await send({ type: "JoinGroup", groupId: "grp-a", userIds: ["usr-1"] });
  assert.equal(await ownerPath("usr-1"), ":grp-a:usr-1");
  await send({ type: "LeaveGroup", groupId: "grp-a", userIds: ["usr-1"] });
  assert.equal(await ownerPath("usr-1"), ":usr-1");
  await stop();
});

test("a vendor's first user brings the group along, and the second joins it", async () => {
  const { send, ownerPath, path, stop } = await platform(2, user("usr-1", ":grp-v"));
  assert.equal(await path("grp-v"), ":grp-v");
  await send(user("usr-2", ":grp-v"), group("grp-z"), {
    type: "ModifyGroup",
    groupId: "grp-v",
    parent: { parentGroupId: "grp-z", parentPath: ":grp-z" },
  });
  assert.equal(await ownerPath("usr-1"), ":grp-z:grp-v:usr-1");
  assert.equal(await ownerPath("usr-2"), ":grp-z:grp-v:usr-2");
  await stop();
});

test("groups and users at every depth follow a group that moves", async () => {
  const { send, ownerPath, path, stop } = await platform(
    3,
    ...[group("grp-a"), group("grp-b", "grp-a", ":grp-a"), group("grp-c", "grp-b", ":grp-a:grp-b"), group("grp-z")],
    user("usr-1"),
  );
  await send({ type: "JoinGroup", groupId: "grp-c", userIds: ["usr-1"] });
  await send({ type: "ModifyGroup", groupId: "grp-b", parent: { parentGroupId: "grp-z", parentPath: ":grp-z" } });
  assert.equal(await path("grp-c"), ":grp-z:grp-b:grp-c");
  assert.equal(await ownerPath("usr-1"), ":grp-z:grp-b:grp-c:usr-1");
  await send({ type: "ModifyGroup", groupId: "grp-a", parent: { parentGroupId: "grp-z", parentPath: ":grp-z" } });
  assert.equal(await path("grp-c"), ":grp-z:grp-b:grp-c", "what has moved away no longer follows");
  await stop();
});

test("a group that was made while its parent moved ends below the parent's new place", async () => {
  const { send, path, stop } = await platform(4, group("grp-a"), group("grp-z"));
  await send(
    { type: "ModifyGroup", groupId: "grp-a", parent: { parentGroupId: "grp-z", parentPath: ":grp-z" } },
    group("grp-b", "grp-a", ":grp-a"),
  );
  assert.equal(await path("grp-b"), ":grp-z:grp-a:grp-b");
  await stop();
});

test("two groups that are moved below each other at once come to rest", async () => {
  const { send, story, stop } = await platform(5, group("grp-a"), group("grp-b"));
  await send(
    { type: "ModifyGroup", groupId: "grp-a", parent: { parentGroupId: "grp-b", parentPath: ":grp-b" } },
    { type: "ModifyGroup", groupId: "grp-b", parent: { parentGroupId: "grp-a", parentPath: ":grp-a" } },
  );
  assert.ok(story().filter((type) => type === "GroupMoved").length < 10);
  await stop();
});

test("a deleted user leaves its groups, which can then be deleted", async () => {
  const { send, path, stop } = await platform(6, user("usr-1", ":grp-v"));
  await send({ type: "DeleteUser", userId: "usr-1" });
  await send({ type: "DeleteGroup", groupId: "grp-v" });
  assert.equal(await path("grp-v"), ":grp-v");
  await stop();
});

test("a password reset that is not used within the hour has expired, one that was used has not", async () => {
  const { send, story, time, stop } = await platform(7, user("usr-1"), user("usr-2"));
  for (const userId of ["usr-1", "usr-2"])
    await send({ type: "RequestPasswordReset", userId, resetId: `pr-of-${userId}`, ownerPath: `:${userId}` });
  await send({ type: "ChangePassword", userId: "usr-2", resetId: "pr-of-usr-2", passwordHash: "hash of two" });
  assert.ok(!story().includes("PasswordResetExpired"));
  const expired = () => story().filter((type) => type === "PasswordResetExpired").length;
  await time.run(() => expired() > 0, 4_000_000);
  await send();
  assert.equal(expired(), 1);
  await stop();
});

test("everybody hears that a password changed, and that a deleted user has none", async () => {
  const first = { type: "SetFirstPassword", userId: "usr-1", passwordHash: "hash of one" } as const;
  const { send, story, history, stop } = await platform(8, first, user("usr-1"));
  assert.ok(!story().includes("UserPasswordChanged"), "the first one is no change");
  await send({ type: "SetPassword", userId: "usr-1", passwordHash: "hash of two" });
  const told = history().flatMap(({ event }) => (event.type === "UserPasswordChanged" ? [event] : []));
  assert.deepEqual(told, [{ type: "UserPasswordChanged", userId: "usr-1", passwordHash: "", resetId: null, generation: 2 }]);
  await send({ type: "DeleteUser", userId: "usr-1" });
  assert.equal(story().at(-1), "PasswordRemoved");
  await stop();
});
