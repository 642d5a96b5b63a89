import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredDocument } from "../../../events/ports.ts";
import type { AnyProjection } from "../../../events/projection.ts";
import { evolve, idsOf } from "../../../events/subscription/projections.ts";
import type { AnyEvent, UserModified } from "../../../schemas/generated/events.ts";
import { groups } from "../../../services/account/read-models/groups.ts";
import { clientSecrets, clients, signingKeys } from "../../../services/account/read-models/keys.ts";
import { credentials, passwordResets, passwords } from "../../../services/account/read-models/passwords.ts";
import { roles } from "../../../services/account/read-models/roles.ts";
import { users } from "../../../services/account/read-models/users.ts";
import { formerly, sealedAs } from "../../people.ts";
import { sealedText } from "../../sealed.ts";
import { metaOf } from "../../spec.ts";
import { ada, formerAda, userId } from "./examples.ts";

/** The documents of a read model after the events of one stream. */
const folded = (projection: AnyProjection, stream: string, ...events: readonly AnyEvent[]) => {
  const documents = new Map<string, StoredDocument>();
  for (const [index, event] of events.entries()) {
    const meta = metaOf(index + 1, stream);
    if (!(event.type in projection.evolve)) continue;
    for (const id of idsOf(projection, event, meta)) {
      const next = evolve(projection, id, documents.get(id), { event, meta });
      if (next) documents.set(id, next);
    }
  }
  return Object.fromEntries([...documents].map(([id, { value }]) => [id, value]));
};
const time = (version: number) => metaOf(version).time;
const stream = `user/${userId}`;
/** As she was created before passwords were an aggregate of their own. */
const earlier = { ...formerAda, passwordHash: "hash of one" };
const deleted: AnyEvent = { type: "UserDeleted", userId, groupIds: ["grp-a"] };

const modified: UserModified = {
  ...{ type: "UserModified", userId, username: "", email: "", phoneNumber: "", description: "" },
  ...sealedAs("New@example.org"),
};

test("a user's row tells roles, groups and who may see it", () => {
  const { [userId]: row } = folded(
    users,
    stream,
    ada,
    { type: "UserRoleBound", userId, roleId: "role-1" },
    { type: "UserRoleUnbound", userId, roleId: "isv" },
    modified,
    {
      type: "UserGroupPathChanged",
      userId,
      groupPath: ":grp-b:grp-c",
      ownerPath: `:grp-b:grp-c:${userId}`,
      groupPaths: [":grp-a", ":grp-b:grp-c"],
    },
  );
  assert.deepEqual(row, {
    ...{ user_id: userId, person: modified.person, address: modified.emailDigest, status: "active" },
    ...{ username: "", email: "", phone_number: "", description: "" },
    ...{ role_id: ["role-1"], group_path: ":grp-b:grp-c", group_id: ["grp-a", "grp-c"], root_group_id: ["grp-a", "grp-b"] },
    group_paths: [":grp-a", ":grp-b:grp-c"],
    ...{ owner: userId, owner_path: `:grp-b:grp-c:${userId}`, owner_group: ["", "grp-a", "grp-c"] },
    ...{ create_time: time(1), update_time: time(4), status_time: time(1) },
  });
});
test("a deleted user stays listed, without a name and outside all groups", () => {
  const { [userId]: row } = folded(users, stream, ada, deleted);
  assert.deepEqual([row?.status, row?.status_time, row?.group_id], ["deleted", time(2), []]);
  assert.deepEqual([row?.person, row?.address], ["", ""]);
});
test("the row of a user of an earlier release has in clear what its events have, until it is sealed or deleted", () => {
  const known = (...events: readonly AnyEvent[]) => {
    const { [userId]: row } = folded(users, stream, formerAda, ...events);
    return [row?.person, row?.address, row?.username, row?.email, row?.phone_number, row?.description];
  };
  const former: AnyEvent = { ...modified, username: formerly("a"), email: formerly("B@c"), person: null, emailDigest: "" };
  assert.deepEqual(known(), ["", "ada@example.org", "ada", "Ada@example.org", "", ""]);
  assert.deepEqual(known(former), ["", "b@c", "a", "B@c", "", ""]);
  assert.deepEqual(known(modified), [modified.person, modified.emailDigest, "", "", "", ""]);
  assert.deepEqual(known(deleted), ["", "", "", "", "", ""]);
});
test("a user's row holds no password", () => {
  assert.ok(!JSON.stringify(folded(users, stream, earlier)).includes(earlier.passwordHash));
});

test("a credential follows the e-mail, and ends with the user", () => {
  const changed: readonly AnyEvent[] = [ada, modified];
  const expected = { user_id: userId, address: modified.emailDigest, password_hash: "", status: "active" };
  assert.deepEqual(folded(credentials, stream, ...changed), { [userId]: expected });
  assert.deepEqual(folded(credentials, stream, ...changed, deleted), { [userId]: {} });
});
test("the credential of a user of an earlier release has the password", () => {
  assert.equal(folded(credentials, stream, earlier)[userId]?.address, "ada@example.org");
  const hash = (...events: readonly AnyEvent[]) => folded(credentials, stream, earlier, ...events)[userId]?.password_hash;
  const changed: AnyEvent = { type: "UserPasswordChanged", userId, passwordHash: "hash of two", resetId: null, generation: 0 };
  assert.equal(hash(), "hash of one");
  assert.equal(hash(changed), "hash of two");
  assert.equal(hash(changed, deleted), undefined);
});

test("a password is a document of its own, and so is a reset of it", () => {
  const events: readonly AnyEvent[] = [
    { type: "PasswordSet", userId, passwordHash: "hash of one", generation: 1, resetId: null },
    ...["pr-1", "pr-2", "pr-3"].map((resetId) => ({ type: "PasswordResetRequested", userId, resetId, ownerPath: ada.ownerPath }) as const),
    { type: "PasswordResetExpired", userId, resetId: "pr-1" },
    { type: "PasswordSet", userId, passwordHash: "hash of two", generation: 2, resetId: "pr-2" },
  ];
  const of = `password/${userId}`;
  assert.deepEqual(folded(passwords, of, ...events)[userId], { password_hash: "hash of two", generation: 2 });
  const row = (reset_id: string, status: string) => ({
    reset_id,
    user_id: userId,
    status,
    owner: userId,
    owner_path: ada.ownerPath,
    owner_group: "grp-a",
  });
  const expected = { "pr-1": row("pr-1", "expired"), "pr-2": row("pr-2", "used"), "pr-3": row("pr-3", "pending") };
  assert.deepEqual(folded(passwordResets, of, ...events), expected);
});

test("a role's row holds what it grants", () => {
  const roleId = "role-1";
  const modules = [{ moduleId: "m2", dataLevel: "self", actionBundleIds: ["m2.f1.a1"] }];
  const owner = { owner: userId, ownerPath: ada.ownerPath };
  const events: readonly AnyEvent[] = [
    { type: "RoleCreated", roleId, roleName: "one", description: "", portal: "user", ...owner },
    { type: "RoleModuleModified", roleId, modules },
    { type: "RoleModified", roleId, roleName: "two", description: "d" },
    { type: "RoleDeleted", roleId },
  ];
  assert.deepEqual(folded(roles, `role/${roleId}`, ...events)[roleId], {
    ...{ role_id: roleId, role_name: "two", description: "d", portal: "user", status: "deleted", controller: "pitrix", modules },
    ...{ owner: userId, owner_path: ada.ownerPath, owner_group: "grp-a" },
    ...{ create_time: time(1), update_time: time(4), status_time: time(4) },
  });
});

test("a group's row is seen along its path", () => {
  const groupId = "grp-b";
  const events: readonly AnyEvent[] = [
    {
      type: "GroupCreated",
      groupId,
      parentGroupId: "grp-a",
      groupPath: ":grp-a:grp-b",
      name: "b",
      description: "",
      owner: userId,
      ownerPath: "",
    },
    { type: "GroupModified", groupId, name: "c", description: "d" },
    {
      type: "GroupMoved",
      ...{ groupId, parentGroupId: "", groupPath: ":grp-b", formerParentGroupId: "grp-a", userIds: [], subgroupIds: [] },
    },
    { type: "GroupJoined", groupId, groupPath: ":grp-b", userIds: ["usr-1", "usr-2"] },
    { type: "GroupLeft", groupId, userIds: ["usr-1"] },
    { type: "GroupDeleted", groupId, parentGroupId: "" },
  ];
  assert.deepEqual(folded(groups, "group/grp-b", ...events)[groupId], {
    ...{ group_id: groupId, parent_group_id: "", root_group_id: groupId, group_path: ":grp-b", name: "c", description: "d" },
    ...{ status: "deleted", owner: userId, owner_path: ":grp-b:", owner_group: ["grp-b"], user_ids: ["usr-2"] },
    ...{ create_time: time(1), update_time: time(6), status_time: time(6) },
  });
});

test("a group is of itself and the one above, a root group of its creator's until it is moved", () => {
  const made = (parentGroupId: string, ownerPath: string): AnyEvent => ({
    ...{ type: "GroupCreated", groupId: "grp-b", parentGroupId, groupPath: "", name: "b", description: "", owner: userId, ownerPath },
  });
  const moved = (parentGroupId: string): AnyEvent => ({
    ...{ type: "GroupMoved", groupId: "grp-b", parentGroupId, groupPath: "", formerParentGroupId: "", userIds: [], subgroupIds: [] },
  });
  const of = (...events: readonly AnyEvent[]) => folded(groups, "group/grp-b", ...events)["grp-b"]?.owner_group;
  assert.deepEqual(of(made("grp-a", ":grp-c:usr-1")), ["grp-b", "grp-a"]);
  assert.deepEqual(of(made("", ":grp-c:usr-1")), ["grp-b", "grp-c"]);
  assert.deepEqual(of(made("", ":usr-1")), ["grp-b", ""]);
  assert.deepEqual(of(made("", ":grp-c:usr-1"), moved("grp-a")), ["grp-b", "grp-a"]);
  assert.deepEqual(of(made("", ":usr-1"), moved("grp-a"), moved("")), ["grp-b"]);
});

test("a client's secret is a document of its own", () => {
  const set: AnyEvent = { type: "ClientSecretSet", clientId: "client-1", secretHash: "hash" };
  assert.deepEqual(folded(clientSecrets, "clientSecret/client-1", set)["client-1"], { secret_hash: "hash" });
});
test("a client's and a key's documents hold what tokens need; a retired key's private half is gone", () => {
  const client: AnyEvent = { type: "ClientCreated", clientId: "client-1", userId, secretHash: "hash", owner: userId, ownerPath: "" };
  const row = {
    ...{
      client_id: "client-1",
      user_id: userId,
      status: "active",
      action_bundle_id: [],
      secret_hash: "hash",
      owner: userId,
      owner_path: "",
      owner_group: "",
    },
    ...{ create_time: time(1), update_time: time(1), status_time: time(1) },
  };
  const changed: readonly AnyEvent[] = [
    { type: "ClientLimited", clientId: "client-1", actionBundleIds: ["m0.f9.a1"] },
    { type: "ClientRevoked", clientId: "client-1" },
  ];
  assert.deepEqual(folded(clients, "client/client-1", client)["client-1"], row);
  assert.deepEqual(folded(clients, "client/client-1", client, ...changed)["client-1"], {
    ...{ ...row, status: "revoked", action_bundle_id: ["m0.f9.a1"], secret_hash: "", update_time: time(3), status_time: time(3) },
  });
  const announced: AnyEvent = { type: "SigningKeyAnnounced", keyId: "key-1", publicJwk: "{}", sealedPrivateJwk: sealedText("sealed") };
  const key = { key_id: "key-1", public_jwk: "{}", sealed_private_jwk: sealedText("sealed"), status: "announced", create_time: time(1) };
  assert.deepEqual(folded(signingKeys, "signingKey/key-1", announced)["key-1"], key);
  const retired = folded(signingKeys, "signingKey/key-1", announced, { type: "SigningKeyRetired", keyId: "key-1" });
  assert.deepEqual(retired["key-1"], { ...key, sealed_private_jwk: "", status: "retired" });
});
