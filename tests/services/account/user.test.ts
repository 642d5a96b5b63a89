import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserEvent } from "../../../schemas/generated/events.ts";
import { user } from "../../../services/account/domain/user.ts";
import { given } from "../../spec.ts";
import { ada, userId } from "./examples.ts";

const create = {
  type: "CreateUser",
  userId,
  email: ada.email,
  passwordHash: ada.passwordHash,
  roleIds: ["isv"],
  groupPath: ":grp-a",
} as const;
const gone: UserEvent = { type: "UserDeleted", userId, groupIds: ["grp-a"] };
const moved = (...groupPaths: readonly string[]): UserEvent => {
  const groupPath = groupPaths.at(-1) ?? "";
  return { type: "UserGroupPathChanged", userId, groupPath, ownerPath: `${groupPath}:${userId}`, groupPaths };
};
const asked = (resetId: string): UserEvent => ({ type: "UserPasswordResetRequested", userId, resetId, ownerPath: ada.ownerPath });

test("a user is created, owns itself and is named by the e-mail", () =>
  given(user)
    .when(create)
    .expect({ ...ada, username: "Ada" }));
test("a user outside any group has the path of nobody but itself", () => {
  const [event] = given(user)
    .when({ ...create, groupPath: "" })
    .events();
  assert.ok(event?.type === "UserCreated");
  assert.equal(event.ownerPath, ":usr-ada");
});
test("a user is not created twice", () => given(user, ada).when(create).expectNothing());
test("a deleted user is not created again", () => given(user, ada, gone).when(create).expectNothing());
test("a malformed e-mail address is rejected", () => {
  for (const email of ["ada", "@example.org", "a b@example.org", "ada@", ""])
    given(user)
      .when({ ...create, email })
      .expectRejection(/not an e-mail address/, { kind: "invalid", error: "illegal_email_format" });
  given(user, ada)
    .when({ type: "ModifyUser", userId, email: "nobody" })
    .expectRejection(/not an e-mail address/, { kind: "invalid" });
});

test("a changed user keeps what was not named", () =>
  given(user, ada)
    .when({ type: "ModifyUser", userId, phoneNumber: "123" })
    .expect({ type: "UserModified", userId, username: "ada", email: ada.email, phoneNumber: "123", description: "" }));
test("a change to what already is changes nothing", () =>
  given(user, ada).when({ type: "ModifyUser", userId, username: "ada" }).expectNothing());
test("a new password comes with the other changes", () =>
  given(user, ada)
    .when({ type: "ModifyUser", userId, username: "countess", passwordHash: "hash of two" })
    .expectTypes("UserModified", "UserPasswordChanged"));

test("a deleted user leaves its groups", () => given(user, ada).when({ type: "DeleteUser", userId }).expect(gone));
test("a deleted user stays deleted", () => given(user, ada, gone).when({ type: "DeleteUser", userId }).expectNothing());

test("each role is bound once", () =>
  given(user, ada)
    .when({ type: "BindUserRoles", userId, roleIds: ["isv", "role-1", "role-1"] })
    .expect({ type: "UserRoleBound", userId, roleId: "role-1" }));
test("a role is bound only beside those that the user had when that was judged", () => {
  const more: UserEvent = { type: "UserRoleBound", userId, roleId: "role-1" };
  const bind = (held: readonly string[]) => ({ type: "BindUserRoles", userId, roleIds: ["role-2"], held }) as const;
  given(user, ada, more)
    .when(bind(["isv"]))
    .expectRejection(/has just got other roles/, { kind: "precondition" });
  given(user, ada, more)
    .when(bind(["isv", "role-1"]))
    .expect({ type: "UserRoleBound", userId, roleId: "role-2" });
  given(user, ada, { type: "UserRoleBound", userId, roleId: "role-2" })
    .when(bind(["isv"]))
    .expectNothing();
});
test("a bound role can be taken away again", () =>
  given(user, ada, { type: "UserRoleBound", userId, roleId: "role-1" })
    .when({ type: "UnbindUserRoles", userId, roleIds: ["role-1", "role-2"] })
    .expect({ type: "UserRoleUnbound", userId, roleId: "role-1" }));
test("a role that was taken away is not taken again", () =>
  given(user, ada, { type: "UserRoleUnbound", userId, roleId: "isv" })
    .when({ type: "UnbindUserRoles", userId, roleIds: ["isv"] })
    .expectNothing());

test("the group joined last gives the path", () =>
  given(user, ada).when({ type: "EnterGroup", userId, groupPath: ":grp-b:grp-c" }).expect(moved(":grp-a", ":grp-b:grp-c")));
test("entering a group again changes nothing", () =>
  given(user, ada).when({ type: "EnterGroup", userId, groupPath: ":grp-a" }).expectNothing());
test("entering a group that has moved takes its new path, in its old place", () =>
  given(user, ada, moved(":grp-a", ":grp-b"))
    .when({ type: "EnterGroup", userId, groupPath: ":grp-z:grp-a" })
    .expect(moved(":grp-z:grp-a", ":grp-b")));
test("a user follows a group that moves", () =>
  given(user, ada).when({ type: "FollowGroup", userId, groupPath: ":grp-z:grp-a" }).expect(moved(":grp-z:grp-a")));
test("a user does not follow a group it is not in", () =>
  given(user, ada).when({ type: "FollowGroup", userId, groupPath: ":grp-b" }).expectNothing());
test("leaving the last group gives the path of the one before", () =>
  given(user, ada, moved(":grp-a", ":grp-b")).when({ type: "ExitGroup", userId, groupId: "grp-b" }).expect(moved(":grp-a")));
test("leaving all groups leaves no path", () => given(user, ada).when({ type: "ExitGroup", userId, groupId: "grp-a" }).expect(moved()));
test("leaving a group it is not in changes nothing", () =>
  given(user, ada).when({ type: "ExitGroup", userId, groupId: "grp-b" }).expectNothing());
test("groups mean nothing to a deleted user", () => {
  for (const command of [
    { type: "EnterGroup", userId, groupPath: ":grp-b" },
    { type: "FollowGroup", userId, groupPath: ":grp-z:grp-a" },
    { type: "ExitGroup", userId, groupId: "grp-a" },
  ] as const)
    given(user, ada, gone).when(command).expectNothing();
});

test("a password reset is requested and used", () => {
  given(user, ada).when({ type: "RequestPasswordReset", userId, resetId: "pr-1" }).expect(asked("pr-1"));
  given(user, ada, asked("pr-1"))
    .when({ type: "ChangePassword", userId, resetId: "pr-1", passwordHash: "hash of two" })
    .expect({ type: "UserPasswordChanged", userId, passwordHash: "hash of two", resetId: "pr-1" });
});
test("a new password makes all open resets useless", () => {
  const used: UserEvent = { type: "UserPasswordChanged", userId, passwordHash: "hash of two", resetId: "pr-1" };
  for (const resetId of ["pr-1", "pr-2"])
    given(user, ada, asked("pr-1"), asked("pr-2"), used)
      .when({ type: "ChangePassword", userId, resetId, passwordHash: "hash of three" })
      .expectRejection(/used or has expired/, { kind: "denied" });
});
test("a password reset expires, once, unless it was used", () => {
  const expired: UserEvent = { type: "UserPasswordResetExpired", userId, resetId: "pr-1" };
  const expire = { type: "ExpirePasswordReset", userId, resetId: "pr-1" } as const;
  given(user, ada, asked("pr-1")).when(expire).expect(expired);
  given(user, ada, asked("pr-1"), expired).when(expire).expectNothing();
  given(user, ada, asked("pr-1"), expired)
    .when({ type: "ChangePassword", userId, resetId: "pr-1", passwordHash: "x" })
    .expectRejection(/used or has expired/);
  given(user, ada, asked("pr-1"), { type: "UserPasswordChanged", userId, passwordHash: "x", resetId: null }).when(expire).expectNothing();
  given(user, ada, gone).when(expire).expectNothing();
});

test("who is absent or deleted is not found", () => {
  const commands = [
    { type: "ModifyUser", userId, username: "x" },
    { type: "BindUserRoles", userId, roleIds: ["isv"] },
    { type: "UnbindUserRoles", userId, roleIds: ["isv"] },
    { type: "RequestPasswordReset", userId, resetId: "pr-1" },
    { type: "ChangePassword", userId, resetId: "pr-1", passwordHash: "x" },
  ] as const;
  for (const command of commands) {
    given(user)
      .when(command)
      .expectRejection(/there is no user/, { kind: "notFound" });
    given(user, ada, gone)
      .when(command)
      .expectRejection(/is deleted/, { kind: "notFound" });
  }
  given(user)
    .when({ type: "DeleteUser", userId })
    .expectRejection(/there is no user/, { kind: "notFound" });
});

test("an e-mail is claimed whatever its case, and given up with a new one or with the user", () => {
  const claims = (...past: readonly UserEvent[]) => user.claims?.(given(user, ...past).state);
  assert.deepEqual(claims(), []);
  assert.deepEqual(claims(ada), ["e-mail ada@example.org"]);
  const renamed = { type: "UserModified", userId, username: "ada", email: "b@example.org", phoneNumber: "", description: "" } as const;
  assert.deepEqual(claims(ada, renamed), ["e-mail b@example.org"]);
  assert.deepEqual(claims(ada, gone), []);
  assert.deepEqual(user.taken?.("e-mail ada@example.org"), {
    rejected: "the e-mail ada@example.org is already taken",
    kind: "denied",
    error: "email_exists",
  });
});
