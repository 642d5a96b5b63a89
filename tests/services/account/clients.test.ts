import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { app } from "../../../services/app/service.ts";
import { eventually } from "../../eventually.ts";
import { administrator, loginClient, servedWithAccounts } from "../../world/accounts.ts";
import type { Caller } from "../../world/requests.ts";

describe("clients over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  let system: Caller;
  before(async () => {
    world = await servedWithAccounts([app]);
    system = world.bearer((await world.grant({ grant_type: "client_credentials" })).body.access_token);
  });
  after(() => world?.stop());

  const made = async (user_id: string, by = system) => {
    const { body } = await by.call("CreateClient", { user_id });
    const { client_id, client_secret } = body;
    const ask = (grant = {}) => world.grant({ grant_type: "client_credentials", client_id, client_secret, ...grant });
    return { client_id, client_secret, ask };
  };
  const administratorId = async () => (await system.call("DescribeUsers", { email: administrator.email })).body.user_set[0].user_id;
  const statusOf = async (by: Caller, operation: Parameters<Caller["call"]>[0], fields = {}) => (await by.call(operation, fields)).status;

  test("clients are listed, without their secrets", async () => {
    const { client_id, client_secret } = await made(await administratorId());
    const answer = await system.call("DescribeClients", { client_id });
    const [row] = answer.body.client_set;
    assert.deepEqual([row.client_id, row.user_id, row.status], [client_id, await administratorId(), "active"]);
    const all = JSON.stringify((await system.call("DescribeClients")).body);
    assert.ok(all.includes(loginClient.id));
    for (const secret of [client_secret, loginClient.secret, "scrypt", "hash"]) assert.ok(!all.includes(secret), secret);
    assert.equal(await statusOf(await world.user("user"), "DescribeClients"), 403);
  });

  test("the client for logins signs people in, and by itself reads the store only", async () => {
    const credentials = { client_id: loginClient.id, client_secret: loginClient.secret };
    const { body } = await world.grant({ grant_type: "client_credentials", ...credentials });
    const store = world.bearer(body.access_token);
    for (const operation of ["DescribeActiveApps", "DescribeActiveAppVersions", "DescribeCategories"] as const)
      assert.equal(await statusOf(store, operation), 200, operation);
    for (const operation of ["DescribeUsers", "DescribeApps", "DescribeClients", "DescribeRoles"] as const)
      assert.equal(await statusOf(store, operation), 403, operation);
    assert.equal(await statusOf(store, "CreateCategory", { name: "mine", locale: "{}" }), 403);
    const again = await world.grant({ grant_type: "refresh_token", refresh_token: body.refresh_token, ...credentials });
    assert.equal(again.status, 200);
    const person = await world.grant({
      grant_type: "password",
      username: administrator.email,
      password: administrator.password,
      ...credentials,
    });
    assert.equal(await statusOf(world.bearer(person.body.access_token), "DescribeUsers"), 200);
  });

  test("a limited client's tokens are good for the named action bundles only, at once", async () => {
    const { client_id, ask } = await made("system");
    const token = world.bearer((await ask()).body.access_token);
    assert.equal(await statusOf(token, "CreateCategory", { name: "before", locale: "{}" }), 200);
    assert.deepEqual((await system.call("LimitClient", { client_id, action_bundle_id: ["m0.f9.a1"] })).body, { client_id });
    assert.deepEqual((await system.call("DescribeClients", { client_id })).body.client_set[0].action_bundle_id, ["m0.f9.a1"]);
    await eventually(
      "the app service knows",
      async () => (await statusOf(token, "CreateCategory", { name: "after", locale: "{}" })) === 403,
    );
    assert.equal(await statusOf(token, "DescribeActiveApps"), 200);
    for (const operation of ["DescribeClients", "CreateClient", "DescribeUsers"] as const)
      assert.equal(await statusOf(token, operation, { user_id: "system" }), 403, operation);
    assert.equal((await token.get("/internal/parked")).status, 403, "no limited client operates the platform");
    assert.equal(await statusOf(world.bearer((await ask()).body.access_token), "DescribeUsers"), 403, "nor does a new token");

    await system.call("LimitClient", { client_id });
    await eventually("the limit is lifted", async () => (await statusOf(token, "DescribeUsers")) === 200);
    const unknown = await system.call("LimitClient", { client_id, action_bundle_id: ["m9.f9.a9"] });
    assert.deepEqual([unknown.status, unknown.error], [400, "unsupported_parameter_value"]);
  });

  test("a revoked client gets no tokens, and those that it has are not good", async () => {
    const { client_id, ask } = await made(await administratorId());
    const { access_token, refresh_token } = (await ask()).body;
    const token = world.bearer(access_token);
    assert.equal(await statusOf(token, "DescribeApps"), 200);
    assert.deepEqual((await system.call("RevokeClients", { client_id: [client_id] })).body, { client_id: [client_id] });
    for (const answer of [await ask(), await ask({ grant_type: "refresh_token", refresh_token })])
      assert.deepEqual([answer.status, answer.error], [403, "auth_failure"]);
    await eventually("the app service knows", async () => (await statusOf(token, "DescribeApps")) === 401);
    assert.equal((await system.call("DescribeClients", { client_id })).body.client_set[0].status, "revoked");
    assert.equal(await statusOf(system, "LimitClient", { client_id }), 404);
    assert.equal(await statusOf(system, "RevokeClients", { client_id: ["client-none"] }), 404);
  });

  test("nobody limits or revokes a client of somebody mightier", async () => {
    const admin = await world.admin();
    const { client_id } = await made("system");
    for (const [operation, fields] of [
      ["LimitClient", { client_id, action_bundle_id: ["m0.f9.a1"] }],
      ["RevokeClients", { client_id: [client_id] }],
    ] as const)
      assert.equal(await statusOf(admin, operation, fields), 403, operation);
  });
});
