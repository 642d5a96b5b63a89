import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { servedWithAccounts } from "../../world/accounts.ts";
import type { Caller } from "../../world/requests.ts";

describe("roles over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  let admin: Caller;
  before(async () => {
    world = await servedWithAccounts();
    admin = await world.admin();
  });
  after(() => world?.stop());

  const password = "words of a user";
  const ids = (roles: readonly { role_id: string }[]) => roles.map(({ role_id }) => role_id).toSorted();
  const list = async (by: Caller, fields: object = {}) => (await by.call("DescribeRoles", fields)).body;
  const makeUser = async (email: string, role_id: string) => (await admin.call("CreateUser", { email, password, role_id })).body.user_id;

  test("the platform's roles are listed, filtered, found and paged as all rows are", async () => {
    const all = await list(admin);
    assert.deepEqual(ids(all.role_set), ["developer", "global_admin", "isv", "user"]);
    assert.equal(all.total_count, 4);
    assert.deepEqual(ids((await list(admin, { portal: "isv" })).role_set), ["developer", "isv"]);
    assert.deepEqual(ids((await list(admin, { action_bundle_id: "isv_review" })).role_set), ["isv"]);
    assert.deepEqual(ids((await list(admin, { search_word: "DEVEL" })).role_set), ["developer", "isv"].slice(0, 1));
    assert.deepEqual(ids((await list(admin, { search_word: "isv" })).role_set), ["isv"]);
    const page = await list(admin, { sort_key: "role_name", reverse: false, offset: 1, limit: 2 });
    assert.deepEqual(
      [page.total_count, page.role_set.map(({ role_name }: { role_name: string }) => role_name)],
      [4, ["global_admin", "isv"]],
    );
    assert.deepEqual(await list(admin, { role_id: "role-none" }), {});
  });

  test("the platform's roles cannot be changed", async () => {
    for (const [operation, fields] of [
      ["ModifyRole", { role_id: "isv", role_name: "x" }],
      ["DeleteRoles", { role_id: ["isv"] }],
      ["ModifyRoleModule", { role_id: "isv", module: {} }],
    ] as const) {
      const { status, error } = await admin.call(operation, fields);
      assert.deepEqual([status, error], [403, "permission_denied"]);
    }
  });

  test("a reviewer's role is made, given, works, and is taken again", async () => {
    const { role_id } = (await admin.call("CreateRole", { role_name: "reviewer", portal: "global_admin", description: "d" })).body;
    const module = {
      module_elem_set: [
        {
          module_id: "m1",
          data_level: "all",
          feature_set: [{ feature_id: "m1.f2", checked_action_bundle_id_set: ["business_review"] }],
        },
      ],
    };
    assert.deepEqual((await admin.call("ModifyRoleModule", { role_id, module })).body, { role_id });
    const answer = (await admin.call("GetRoleModule", { role_id })).body;
    const m1 = answer.module.module_elem_set.find(({ module_id }: { module_id: string }) => module_id === "m1");
    assert.equal(m1.data_level, "all");
    const reviews = m1.feature_set.find(({ feature_id }: { feature_id: string }) => feature_id === "m1.f2");
    assert.deepEqual(reviews.checked_action_bundle_id_set, ["business_review"]);
    const bundle = reviews.action_bundle_set.find(
      ({ action_bundle_id }: { action_bundle_id: string }) => action_bundle_id === "business_review",
    );
    assert.ok(
      bundle.api_set.some(
        ({ api_method, url_method, url }: Record<string, string>) =>
          api_method === "BusinessPassAppVersion" && url_method === "POST" && url === "/v1/app_version/action/pass/business",
      ),
    );

    const user_id = await makeUser("reviewer@example.org", "user");
    const may = async () => (await admin.call("CanDo", { user_id, api_method: "BusinessPassAppVersion" })).status;
    assert.equal(await may(), 403);
    const bound = await admin.call("BindUserRole", { user_id: [user_id], role_id: [role_id] });
    assert.deepEqual(bound.body, { user_id: [user_id], role_id: [role_id] });
    assert.equal(await may(), 200);
    const reviewer = await world.signIn("reviewer@example.org", password);
    assert.ok(ids((await list(reviewer)).role_set).includes(role_id), "one sees the roles one has");
    assert.equal((await reviewer.call("GetRole", { role_id })).body.role.role_name, "reviewer");
    assert.equal((await admin.call("UnbindUserRole", { user_id: [user_id], role_id: [role_id] })).status, 200);
    assert.equal(await may(), 403);
  });

  test("a role is changed, deleted and still listed; nobody can be given it any more", async () => {
    const { role_id } = (await admin.call("CreateRole", { role_name: "short", portal: "user" })).body;
    await admin.call("ModifyRole", { role_id, description: "lived" });
    assert.equal((await admin.call("GetRole", { role_id })).body.role.description, "lived");
    assert.deepEqual((await admin.call("DeleteRoles", { role_id: [role_id] })).body, { role_id: [role_id] });
    assert.deepEqual(ids((await list(admin, { status: "deleted" })).role_set), [role_id]);
    const user_id = await makeUser("late@example.org", "user");
    assert.equal((await admin.call("BindUserRole", { user_id: [user_id], role_id: [role_id] })).status, 404);
  });

  test("all action bundles of a module can be granted at once", async () => {
    const { role_id } = (await admin.call("CreateRole", { role_name: "all of m2", portal: "user" })).body;
    const module = { module_elem_set: [{ module_id: "m2", data_level: "self", is_check_all: true }] };
    await admin.call("ModifyRoleModule", { role_id, module });
    const answer = (await admin.call("GetRoleModule", { role_id })).body;
    const checked = (id: string) =>
      answer.module.module_elem_set.find(({ module_id }: { module_id: string }) => module_id === id).is_check_all;
    assert.equal(checked("m2"), true);
    assert.equal(checked("m0"), true);
    assert.ok(!checked("m3"));
  });

  test("whoever asks learns whose rows somebody sees", async () => {
    const user_id = await makeUser("curious@example.org", "user");
    const ask = async (fields: object) => await admin.call("CanDo", { user_id, ...fields });
    assert.deepEqual((await ask({ url: "/v1/clusters", url_method: "GET" })).body, {
      user_id,
      access_path: `:${user_id}`,
      owner_path: `:${user_id}`,
    });
    assert.equal((await ask({ url: "/v1/apps", url_method: "POST" })).status, 403);
    assert.equal((await ask({ url: "/v1/nothing", url_method: "GET" })).status, 404);
    assert.equal((await ask({ user_id: "usr-none", api_method: "DescribeClusters" })).status, 404);
    assert.equal((await ask({ user_id: "system", api_method: "AdminPassAppVersion" })).status, 200);
  });
});
