import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import type { Caller } from "../../world/requests.ts";

describe("groups over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  let admin: Caller;
  before(async () => {
    world = await servedWithAccounts();
    admin = await world.admin();
  });
  after(() => world?.stop());

  const password = "words of a user";
  const makeGroup = async (name: string, parent_group_id?: string, by = admin): Promise<string> =>
    (await by.call("CreateGroup", { name, ...(parent_group_id && { parent_group_id }) })).body.group_id;
  const makeUser = async (email: string, role_id = "user"): Promise<string> =>
    (await admin.call("CreateUser", { email, password, role_id })).body.user_id;
  const group = async (group_id: string) => (await admin.call("DescribeGroups", { group_id })).body.group_set?.[0];

  test("groups form a tree and are found by parent, root, path and name", async () => {
    const root = await makeGroup("root");
    const leaf = await makeGroup("leaf", root);
    const { create_time, update_time, status_time, ...row } = await group(leaf);
    assert.deepEqual(row, {
      ...{ group_id: leaf, parent_group_id: root, group_path: `:${root}:${leaf}` },
      ...{ name: "leaf", description: "", status: "active" },
    });
    assert.ok(create_time === status_time && create_time === update_time);
    for (const filter of [
      { parent_group_id: root },
      { root_group_id: root },
      { group_path: `:${root}:${leaf}` },
      { group_name: "leaf" },
      { search_word: "LEA" },
    ]) {
      const { body } = await admin.call("DescribeGroups", filter);
      assert.ok(
        body.group_set.some(({ group_id }: { group_id: string }) => group_id === leaf),
        JSON.stringify(filter),
      );
    }
    assert.equal((await admin.call("CreateGroup", { name: "x", parent_group_id: "grp-none" })).status, 404);
  });

  test("a group is renamed and moved, but not below itself", async () => {
    const root = await makeGroup("root");
    const leaf = await makeGroup("leaf", root);
    const other = await makeGroup("other");
    await admin.call("ModifyGroup", { group_id: leaf, name: "branch", parent_group_id: other });
    const moved = await group(leaf);
    assert.deepEqual([moved.name, moved.group_path], ["branch", `:${other}:${leaf}`]);
    const circle = await admin.call("ModifyGroup", { group_id: other, parent_group_id: leaf });
    assert.equal(circle.status, 400);
  });

  test("users join and leave, and a group is deleted once it is empty", async () => {
    const group_id = await makeGroup("club");
    const user_id = await makeUser("member@example.org");
    const joined = await admin.call("JoinGroup", { group_id: [group_id], user_id: [user_id] });
    assert.deepEqual(joined.body, { group_id: [group_id], user_id: [user_id] });
    await eventually("it is in the group", async () => {
      const { body } = await admin.call("DescribeUsers", { group_id });
      return body.user_set?.[0]?.user_id === user_id;
    });
    assert.equal((await admin.call("DeleteGroups", { group_id: [group_id] })).status, 400);
    await admin.call("LeaveGroup", { group_id: [group_id], user_id: [user_id] });
    assert.equal((await admin.call("DeleteGroups", { group_id: [group_id] })).status, 200);
    assert.equal((await group(group_id)).status, "deleted");
    assert.equal((await admin.call("CreateGroup", { name: "x", parent_group_id: group_id })).status, 400);
    assert.equal((await admin.call("JoinGroup", { group_id: [group_id], user_id: [user_id] })).status, 404);
  });

  test("nobody puts others into a group who cannot see them, nor into a group of others", async () => {
    const stranger = await makeUser("stranger@example.org");
    await makeUser("founder@example.org");
    const founder = await world.signIn("founder@example.org", password);
    const own = await makeGroup("own", undefined, founder);
    assert.equal((await founder.call("JoinGroup", { group_id: [own], user_id: [stranger] })).status, 404);
    const other = await makeGroup("other");
    assert.equal((await founder.call("JoinGroup", { group_id: [other], user_id: [stranger] })).status, 403);
    assert.equal((await founder.call("CreateGroup", { name: "x", parent_group_id: other })).status, 403);
    const { body } = await founder.call("DescribeGroups");
    assert.deepEqual(
      body.group_set.map(({ group_id }: { group_id: string }) => group_id),
      [own],
    );
  });

  test("of several groups those that can be deleted are, and the answer names those that cannot", async () => {
    const empty = await makeGroup("empty");
    const full = await makeGroup("full");
    await makeGroup("below", full);
    const ask = () => admin.call("DeleteGroups", { group_id: [empty, full] });
    await eventually("only the full one is left", async () => (await ask()).status === 400);
    const { body } = await ask();
    assert.match(body.details[0].cause, new RegExp(full));
    assert.equal((await group(empty)).status, "deleted");
    assert.equal((await group(full)).status, "active");
  });
});
