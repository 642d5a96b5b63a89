import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import { type GatewayWorld, gatewayWorld } from "../../world/gateway.ts";
import { type UpstreamServer, upstreamServer } from "./upstream-server.ts";

let world: GatewayWorld;
let app: UpstreamServer;
let account: UpstreamServer;
before(async () => {
  world = await gatewayWorld();
  [app, account] = [await upstreamServer("app"), await upstreamServer("account")];
  await world.serve(app, account, await upstreamServer("repo"));
});
after(() => world.stop());

test("without a good token it is 401, and no service hears of it", async () => {
  const before = app.seen.length;
  const forged = await newKeyPair();
  const strangers = [
    undefined,
    "Basic dXNlcjpwYXNz",
    "Bearer",
    "Bearer nonsense",
    `Bearer ${await signToken({ keyId: "key-1", privateJwk: forged.privateJwk }, "access", "system", 600, {}, Date.now())}`,
    `Bearer ${await signToken({ keyId: "key-9", privateJwk: forged.privateJwk }, "access", "system", 600, {}, Date.now())}`,
    `Bearer ${await world.token("usr-nobody")}`,
  ];
  for (const authorization of strangers) {
    const { status, body, error, headers } = await world.ask("/v1/apps", authorization ? { headers: { authorization } } : {});
    assert.deepEqual([status, body.code, error], [401, 16, "auth_failure"], authorization);
    assert.equal(headers.get("www-authenticate"), "Bearer");
  }
  const expired = await world.ask("/v1/apps", { headers: { authorization: `Bearer ${await world.token("system", -1)}` } });
  assert.deepEqual([expired.status, expired.body.code, expired.error], [401, 16, "access_token_expired"]);
  assert.equal(app.seen.length, before);
});

test("who may not is refused by 403, in the words of the contract", async () => {
  const developer = await world.as("usr-dev");
  const refused = await developer.post("/v1/app_version/action/suspend", { version_id: "appv-1" });
  assert.equal(refused.status, 403);
  assert.deepEqual(refused.body, {
    error: "permission denied: SuspendAppVersion",
    message: "permission denied: SuspendAppVersion",
    code: 7,
    details: [{ "@type": "type.googleapis.com/openpitrix.ErrorDetail", error_name: "permission_denied" }],
  });
  assert.equal((await developer.post("/v1/apps", {})).status, 200);
  assert.equal((await (await world.as("usr-user")).post("/v1/repos", {})).status, 403);
});

test("a role that somebody made counts as well", async () => {
  await world.know("role/role-business", {
    kind: "role",
    modules: [{ moduleId: "m1", dataLevel: "all", actionBundleIds: ["business_review"] }],
  });
  await world.know("user/usr-reviewer", { kind: "user", roleIds: ["role-business"] });
  const reviewer = await world.as("usr-reviewer");
  assert.equal((await reviewer.post("/v1/app_version/action/pass/business", {})).status, 200);
  assert.equal((await reviewer.post("/v1/app_version/action/pass/technical", {})).status, 403);
});

test("a token is asked for without one; the caller's own authorization goes along", async () => {
  const basic = { authorization: "Basic Y2xpZW50OnNlY3JldA==", "content-type": "application/x-www-form-urlencoded" };
  const { status } = await world.ask("/v1/oauth2/token", { method: "POST", headers: basic, body: "grant_type=client_credentials" });
  assert.equal(status, 200);
  const [seen] = account.seen.slice(-1);
  assert.equal(seen?.headers.authorization, basic.authorization);
  assert.equal(seen?.headers["content-type"], basic["content-type"]);
  assert.equal(seen?.body, "grant_type=client_credentials");
  const developer = await world.as("usr-dev");
  await developer.get("/v1/apps");
  assert.equal(app.seen.at(-1)?.headers.authorization, developer.authorization);
});

test("every answer has a request id: the caller's if it is sane, and the service gets the same", async () => {
  const developer = await world.as("usr-dev");
  const kept = await developer.get("/v1/apps", { "x-request-id": "abc-1.2:3" });
  assert.equal(kept.headers.get("x-request-id"), "abc-1.2:3");
  assert.equal(app.seen.at(-1)?.headers["x-request-id"], "abc-1.2:3");
  const made = await developer.get("/v1/apps", { "x-request-id": "not sane {}" });
  assert.match(made.headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/);
  assert.equal(app.seen.at(-1)?.headers["x-request-id"], made.headers.get("x-request-id"));
  for (const path of ["/", "/v1/openapi.json", "/v1/markets", "/nowhere", "/v1/apps"])
    assert.match((await world.ask(path)).headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/, path);
});

test("callers are limited each for themselves, strangers by their address, and told when to come again", async (t) => {
  const limited = await gatewayWorld({ rateLimit: 5 });
  t.after(() => limited.stop());
  await limited.serve(await upstreamServer("app"), await upstreamServer("account"));
  const developer = await limited.as("usr-dev");
  limited.time.standStill();
  const statuses = await Promise.all(Array.from({ length: 14 }, async () => (await developer.get("/v1/apps")).status));
  assert.equal(statuses.filter((status) => status === 200).length, 10);
  const refused = await developer.get("/v1/apps");
  assert.deepEqual([refused.status, refused.body.code, refused.error], [429, 8, "rate_limit_exceeded"]);
  assert.equal(refused.headers.get("retry-after"), "1");
  // Others have their own share, also those without a token.
  assert.equal((await (await limited.as("usr-user")).get("/v1/apps")).status, 200);
  const strangers = [];
  for (let each = 0; each < 12; each++) strangers.push((await limited.ask("/v1/apps")).status);
  assert.deepEqual(strangers, [...Array(10).fill(401), 429, 429]);
  assert.equal((await limited.ask("/v1/oauth2/token", { method: "POST" })).status, 429);
  assert.equal((await (await limited.as("usr-user")).get("/v1/apps")).status, 200);
  limited.time.pass(1_000);
  const again = await Promise.all(Array.from({ length: 7 }, async () => (await developer.get("/v1/apps")).status));
  assert.equal(again.filter((status) => status === 200).length, 5);
  assert.match(await limited.figures(), /pitrix_gateway_rate_limited_total{by="user",service="api"} \d/);
});
