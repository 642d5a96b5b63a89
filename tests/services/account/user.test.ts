import assert from "node:assert/strict";
import { test } from "node:test";
import type { Meta } from "../../../events/message.ts";
import type { UserEvent } from "../../../schemas/generated/events.ts";
import { type User, user } from "../../../services/account/domain/user.ts";
import { sealedAs } from "../../people.ts";
import { given, metaOf } from "../../spec.ts";
import { ada, formerAda, userId } from "./examples.ts";

const create = {
  type: "CreateUser",
  userId,
  ...sealedAs("Ada@example.org"),
  roleIds: ["isv"],
  groupPath: ":grp-a",
} as const;
/** The state after events, also those of an earlier release, which are not written any more. */
const folded = (...past: readonly UserEvent[]): User =>
  past.reduce((state, event, index) => {
    const row = user.evolve[event.type] as (state: User, event: UserEvent, meta: Meta) => User; // The key is the type of the event.
    return row(state, event, metaOf(index + 1));
  }, user.initialState);
const gone: UserEvent = { type: "UserDeleted", userId, groupIds: ["grp-a"] };
const moved = (...groupPaths: readonly string[]): UserEvent => {
  const groupPath = groupPaths.at(-1) ?? "";
  return { type: "UserGroupPathChanged", userId, groupPath, ownerPath: `${groupPath}:${userId}`, groupPaths };
};

test("a user is created, owns itself, and stands nowhere in clear", () => given(user).when(create).expect(ada));
test("a user outside any group has the path of nobody but itself", () => {
  const [event] = given(user)
    .when({ ...create, groupPath: "" })
    .events();
  assert.ok(event?.type === "UserCreated");
  assert.equal(event.ownerPath, ":usr-ada");
});
test("a user is not created twice", () => given(user, ada).when(create).expectNothing());
test("a deleted user is not created again", () => given(user, ada, gone).when(create).expectNothing());
const next = { ...sealedAs("b@example.org"), before: ada.person };
const inClear = { username: "", email: "", phoneNumber: "", description: "" } as const;
const modified: UserEvent = { type: "UserModified", userId, ...inClear, ...sealedAs("b@example.org") };

test("what is known of a user is replaced as a whole", () =>
  given(user, ada).when({ type: "ModifyUser", userId, changed: next }).expect(modified));
test("a change to what already is changes nothing", () => given(user, ada).when({ type: "ModifyUser", userId }).expectNothing());
test("what was made from something else than is known now is refused, so that no change is lost", () =>
  given(user, ada, modified)
    .when({ type: "ModifyUser", userId, changed: { ...sealedAs("c@example.org"), before: ada.person } })
    .expectRejection(/has just been changed: try again/, { kind: "precondition" }));
test("what an earlier release wrote in clear is replaced by ciphertext", () => {
  const command = { type: "ModifyUser", userId, changed: { ...next, before: null } } as const;
  assert.deepEqual(user.decide.ModifyUser(command, folded(formerAda)), [modified]);
});
test("what was replaced or deleted lapses, for its keys to be destroyed", () => {
  const lapsed = (...past: readonly UserEvent[]) => folded(...past).lapsed;
  assert.deepEqual(lapsed(ada), []);
  assert.deepEqual(lapsed(ada, modified), [ada.person]);
  assert.deepEqual(lapsed(ada, modified, gone), [ada.person, modified.person]);
  assert.deepEqual(lapsed(formerAda, gone), []);
  given(user, ada, gone).when({ type: "NoteKeysDestroyed", userId }).expectNothing();
});
test("a user tells everybody that the password changed, once, and never the hash", () => {
  const record = (generation: number) => ({ type: "RecordPasswordChange", userId, generation }) as const;
  const changed: UserEvent = { type: "UserPasswordChanged", userId, passwordHash: "", resetId: null, generation: 2 };
  given(user, ada).when(record(1)).expectNothing();
  given(user, ada).when(record(2)).expect(changed);
  for (const generation of [1, 2]) given(user, ada, changed).when(record(generation)).expectNothing();
  given(user, ada, gone).when(record(2)).expectNothing();
  given(user).when(record(1)).expectNothing();
});
test("the first new password of a user of an earlier release is told, too", () => {
  const earlier: UserEvent = { ...ada, passwordHash: "hash of one" };
  const asked: UserEvent = { type: "UserPasswordResetRequested", userId, resetId: "pr-1", ownerPath: ada.ownerPath };
  const changed = { type: "UserPasswordChanged", userId, resetId: null, generation: 0 } as const;
  given(user, earlier, asked, { ...changed, passwordHash: "hash of two" })
    .when({ type: "RecordPasswordChange", userId, generation: 1 })
    .expect({ ...changed, passwordHash: "", generation: 1 });
});

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

test("who is absent or deleted is not found", () => {
  const commands = [
    { type: "ModifyUser", userId, changed: next },
    { type: "BindUserRoles", userId, roleIds: ["isv"] },
    { type: "UnbindUserRoles", userId, roleIds: ["isv"] },
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

test("an e-mail is claimed by its digest, and given up with a new one or with the user", () => {
  const claims = (...past: readonly UserEvent[]) => user.claims?.(folded(...past));
  assert.deepEqual(claims(), []);
  assert.deepEqual(claims(ada), [`e-mail ${ada.emailDigest}`]);
  assert.deepEqual(claims(ada, modified), [`e-mail ${modified.emailDigest}`]);
  assert.deepEqual(claims(ada, gone), []);
  assert.deepEqual(claims(formerAda), ["e-mail ada@example.org"], "of an earlier release in clear, as it was claimed then");
  assert.deepEqual(claims(formerAda, modified), [`e-mail ${modified.emailDigest}`]);
  const taken = user.taken?.("e-mail ada@example.org");
  assert.deepEqual(taken, { rejected: "the e-mail address is already taken", kind: "denied", error: "email_exists" });
});
