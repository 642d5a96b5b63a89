import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { eventually } from "../../eventually.ts";
import { servedWithAccounts } from "../../world/accounts.ts";
import type { Caller } from "../../world/requests.ts";

describe("users over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  let admin: Caller;
  before(async () => {
    world = await servedWithAccounts();
    admin = await world.admin();
  });
  after(() => world?.stop());

  const password = "words of a user";
  const make = async (email: string, role_id: string, by = admin, operation: OperationId = "CreateUser"): Promise<string> => {
    const { status, body } = await by.call(operation, { email, password, role_id });
    assert.equal(status, 200, JSON.stringify(body));
    return body.user_id;
  };
  const row = async (user_id: string) => (await admin.call("DescribeUsers", { user_id })).body.user_set?.[0];

  test("a user is created, listed by every filter, and shows no secret", async () => {
    const user_id = await make("Eve@example.org", "developer");
    const user = await row(user_id);
    assert.deepEqual(
      { ...user, create_time: "", status_time: "", update_time: "" },
      {
        ...{ user_id, username: "Eve", email: "Eve@example.org", phone_number: "", description: "", status: "active" },
        ...{ create_time: "", status_time: "", update_time: "" },
      },
    );
    for (const filter of [
      { email: "Eve@example.org" },
      { username: "Eve" },
      { role_id: "developer" },
      { search_word: "eve@" },
      { status: "active" },
    ]) {
      const { body } = await admin.call("DescribeUsers", filter);
      assert.ok(
        body.user_set.some((each: { user_id: string }) => each.user_id === user_id),
        JSON.stringify(filter),
      );
    }
    assert.deepEqual((await admin.call("DescribeUsers", { role_id: "user" })).body, {});
  });

  test("an e-mail is taken once, and free again after its user is deleted", async () => {
    const user_id = await make("once@example.org", "user");
    const twice = await admin.call("CreateUser", { email: "ONCE@example.org", password, role_id: "user" });
    assert.deepEqual([twice.status, twice.error], [403, "email_exists"]);
    assert.deepEqual((await admin.call("DeleteUsers", { user_id: [user_id] })).body, { user_id: [user_id] });
    assert.equal((await row(user_id)).status, "deleted");
    assert.equal((await world.grant({ grant_type: "password", username: "once@example.org", password })).status, 403);
    await make("once@example.org", "user");
  });

  test("a deleted user's tokens open nothing", async () => {
    const user_id = await make("late@example.org", "user");
    const { body } = await world.grant({ grant_type: "password", username: "late@example.org", password });
    await admin.call("DeleteUsers", { user_id: [user_id] });
    await eventually("its token opens nothing", async () => (await world.bearer(body.access_token).call("DescribeUsers")).status === 401);
    assert.equal((await world.grant({ grant_type: "refresh_token", refresh_token: body.refresh_token })).status, 403);
  });

  test("a user needs a role that there is, and a password", async () => {
    const ask = async (fields: object) => {
      const { status, error } = await admin.call("CreateUser", {
        email: "x@example.org",
        password,
        role_id: "user",
        ...fields,
      });
      return [status, error];
    };
    assert.deepEqual(await ask({ role_id: "role-none" }), [404, "resource_not_found"]);
    assert.deepEqual(await ask({ password: "" }), [400, "missing_parameter"]);
    assert.deepEqual(await ask({ email: "nobody" }), [400, "illegal_email_format"]);
  });

  test("users change themselves and nobody else, and sign in with what they set", async () => {
    const user_id = await make("self@example.org", "user");
    const other = await make("other@example.org", "user");
    let self = await world.signIn("self@example.org", password);
    const changed = await self.call("ModifyUser", { user_id, username: "me", email: "me@example.org" });
    assert.deepEqual(changed.body, { user_id });
    assert.equal((await row(user_id)).username, "me");
    self = await world.signIn("me@example.org", password);
    assert.equal((await self.call("ModifyUser", { user_id: other, username: "me" })).status, 403);
    assert.equal((await self.call("ModifyUser", { user_id: "usr-none" })).status, 404);
    assert.equal((await self.call("CreateUser", { email: "y@example.org", password, role_id: "user" })).status, 403);
  });

  test("who has somebody's token, and not their password, gets no password of theirs", async () => {
    const user_id = await make("robbed@example.org", "user");
    const thief = await world.signIn("robbed@example.org", password);
    const { status, error } = await thief.call("ModifyUser", { user_id, username: "thief", password: "new password" });
    assert.deepEqual([status, error], [403, "permission_denied"]);
    assert.equal((await row(user_id)).username, "robbed");
    await world.signIn("robbed@example.org", password);
    await admin.call("ModifyUser", { user_id, password: "new password" });
    assert.equal((await (await world.signIn("robbed@example.org", "new password")).call("DescribeUsers", {})).status, 200);
  });

  test("a weak password is refused wherever one is set, in the caller's language", async () => {
    const user_id = await make("weak@example.org", "user");
    const self = await world.signIn("weak@example.org", password);
    await make("weak-vendor@example.org", "isv");
    const vendor = await world.signIn("weak-vendor@example.org", password);
    const { reset_id } = (await self.call("CreatePasswordReset", { user_id, password })).body;
    const created = { email: "weaker@example.org", role_id: "developer" };
    const setting = (weak: string) => [
      admin.call("CreateUser", { ...created, password: weak }),
      vendor.call("IsvCreateUser", { ...created, password: weak }),
      admin.call("ModifyUser", { user_id, password: weak }),
      self.call("ChangePassword", { reset_id, new_password: weak }),
    ];
    const each = async (weak: string) => (await Promise.all(setting(weak))).map(({ status, error }) => `${status} ${error}`);
    assert.deepEqual(await each("elevensigns"), Array(4).fill("400 password_too_short"));
    assert.deepEqual(await each("password2026!"), Array(4).fill("400 password_too_common"));
    const said = async (language: string) =>
      (await admin.call("CreateUser", { ...created, password: "elevensigns" }, { "accept-language": language })).body.message;
    assert.deepEqual([await said("en"), await said("zh-CN")], ["the password has fewer than 12 characters", "密码少于12个字符"]);
    assert.equal((await world.signIn("weak@example.org", password)) && (await row(user_id)).status, "active", "nothing was changed");
  });

  test("a password is validated", async () => {
    await make("valid@example.org", "user");
    const ask = async (email: string, word: string) => (await admin.call("ValidateUserPassword", { email, password: word })).body.validated;
    assert.equal(await ask("valid@example.org", password), true);
    assert.ok(!(await ask("valid@example.org", "wrong")));
    assert.ok(!(await ask("nobody@example.org", password)));
  });

  test("a password is reset in two steps, once, by the user", async () => {
    const user_id = await make("forgetful@example.org", "user");
    let self = await world.signIn("forgetful@example.org", password);
    const wrong = await self.call("CreatePasswordReset", { user_id, password: "wrong" });
    assert.deepEqual([wrong.status, wrong.error], [403, "auth_failure"]);
    const { body } = await self.call("CreatePasswordReset", { user_id, password });
    const { reset_id } = body;
    assert.deepEqual((await self.call("GetPasswordReset", { reset_id })).body, { reset_id, user_id });

    await make("nosy@example.org", "user");
    const nosy = await world.signIn("nosy@example.org", password);
    assert.equal((await nosy.call("GetPasswordReset", { reset_id })).status, 404);
    const change = (by: Caller) => by.call("ChangePassword", { reset_id, new_password: "a better password" });
    assert.equal((await change(nosy)).status, 403);

    assert.deepEqual((await change(self)).body, { user_id });
    self = await world.signIn("forgetful@example.org", "a better password");
    assert.equal((await change(self)).status, 403);
    assert.equal((await self.call("GetPasswordReset", { reset_id })).status, 404);
  });

  test("a vendor gets a group, makes users in it, and sees them and no others", async () => {
    const vendorId = await make("vendor@example.org", "isv");
    const vendor = await world.signIn("vendor@example.org", password);
    const developerId = await make("dev@vendor.example.org", "developer", vendor, "IsvCreateUser");
    const { body } = await vendor.call("DescribeUsers");
    assert.deepEqual(body.user_set.map(({ user_id }: { user_id: string }) => user_id).toSorted(), [vendorId, developerId].toSorted());
    const groups = await eventually("both are in the group", async () => {
      const answer = await vendor.call("DescribeGroupsDetail");
      return answer.body.group_detail_set?.[0]?.user_set?.length === 2 && answer;
    });
    assert.equal(groups.body.total_count, 1);
    const detail = await vendor.call("DescribeUsersDetail", { user_id: developerId });
    const [{ user, role_set, group_set }] = detail.body.user_detail_set;
    assert.equal(user.user_id, developerId);
    assert.equal(role_set[0].role_id, "developer");
    assert.equal(group_set[0].group_id, groups.body.group_detail_set[0].group.group_id);
    assert.equal((await vendor.call("DeleteUsers", { user_id: [developerId] })).status, 200);
  });

  test("a vendor hands on no more than the own powers", async () => {
    await make("greedy@example.org", "isv");
    const greedy = await world.signIn("greedy@example.org", password);
    const ask = (role_id: string) => greedy.call("IsvCreateUser", { email: "g@example.org", password, role_id });
    assert.equal((await ask("global_admin")).status, 403);
    assert.equal((await ask("user")).status, 403);
    assert.equal((await greedy.call("CreateRole", { role_name: "all", portal: "global_admin" })).status, 403);
    const self = (await greedy.call("DescribeUsers")).body.user_set[0].user_id;
    assert.equal((await greedy.call("BindUserRole", { user_id: [self], role_id: ["global_admin"] })).status, 403);
    const { body } = await greedy.call("CreateRole", { role_name: "some", portal: "isv" });
    const grant = (module_id: string, data_level: string, bundle: string) =>
      greedy.call("ModifyRoleModule", {
        role_id: body.role_id,
        module: { module_elem_set: [{ module_id, data_level, feature_set: [{ checked_action_bundle_id_set: [bundle] }] }] },
      });
    assert.equal((await grant("m1", "all", "m1.f1.a2")).status, 403);
    assert.equal((await grant("m1", "group", "business_review")).status, 403);
    assert.equal((await grant("m1", "group", "m1.f1.a2")).status, 200);
  });
});
