import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { aggregateOf } from "../../../events/message.ts";
import { account } from "../../../services/account/service.ts";
import { hashPassword } from "../../../services/chassis/access/passwords.ts";
import { administrator, client, servedWithAccounts } from "../../world/accounts.ts";

describe("tokens over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  before(async () => {
    world = await servedWithAccounts();
  });
  after(() => world?.stop());

  test("the first client acts as the system", async () => {
    const { status, body } = await world.grant({ grant_type: "client_credentials" });
    assert.equal(status, 200);
    assert.equal(body.token_type, "Bearer");
    assert.equal(body.expires_in, 7_200);
    const claims = decodeJwt(body.access_token);
    assert.equal(claims.sub, "system");
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 7_200);
    assert.equal(decodeProtectedHeader(body.access_token).alg, "ES256");
    const refresh = decodeJwt(body.refresh_token);
    assert.equal((refresh.exp ?? 0) - (refresh.iat ?? 0), 14 * 86_400);
    assert.equal((await world.bearer(body.access_token).call("DescribeUsers")).status, 200);
  });

  test("a client may be named by HTTP Basic, and by a form", async () => {
    const authorization = `Basic ${Buffer.from(`${client.id}:${encodeURIComponent(client.secret)}`).toString("base64")}`;
    const basic = await world.stranger().call("Token", { grant_type: "client_credentials" }, { authorization });
    assert.equal(basic.status, 200);
    const form = await fetch(`${world.of().url}/v1/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ grant_type: "client_credentials", client_id: client.id, client_secret: client.secret }),
    });
    assert.equal(form.status, 200);
  });

  test("who is no client gets no token", async () => {
    for (const wrong of [{ client_secret: "wrong" }, { client_id: "nobody" }, { client_id: "", client_secret: "" }]) {
      const { status, error } = await world.grant({ grant_type: "client_credentials", ...wrong });
      assert.deepEqual([status, error], [403, "auth_failure"]);
    }
    const authorization = `Basic ${Buffer.from(`${client.id}:wrong`).toString("base64")}`;
    assert.equal((await world.grant({ grant_type: "client_credentials" }, { authorization })).status, 403);
  });

  test("a grant that there is not is refused", async () => {
    const { status, error } = await world.grant({ grant_type: "magic" });
    assert.deepEqual([status, error], [400, "unsupported_parameter_value"]);
    assert.deepEqual((await world.grant({})).error, "missing_parameter");
  });

  test("the administrator signs in, whatever the case of the e-mail", async () => {
    const { status, body } = await world.grant({ grant_type: "password", username: "Admin@Example.org", password: administrator.password });
    assert.equal(status, 200);
    assert.match(decodeJwt(body.access_token).sub ?? "", /^usr-/);
    assert.equal(decodeJwt(body.id_token).email, administrator.email);
  });

  test("a wrong password and an unknown e-mail are the same 403, a missing field 400", async () => {
    const ask = async (fields: object) => {
      const { status, error } = await world.grant({ grant_type: "password", ...fields });
      return [status, error];
    };
    const answers = [
      { username: administrator.email, password: "wrong" },
      { username: "nobody@example.org", password: "x" },
    ];
    const [wrong, unknown] = await Promise.all(answers.map((fields) => world.grant({ grant_type: "password", ...fields })));
    assert.deepEqual(wrong?.body, unknown?.body);
    assert.deepEqual(await ask({ username: administrator.email, password: "wrong" }), [403, "auth_failure"]);
    assert.deepEqual(await ask({ username: "nobody@example.org", password: "x" }), [403, "auth_failure"]);
    assert.deepEqual(await ask({ username: administrator.email }), [400, "missing_parameter"]);
    assert.deepEqual(await ask({ password: "x" }), [400, "missing_parameter"]);
  });

  test("an access token is refreshed by its client, until the refresh token expires", async () => {
    const admin = await world.grant({ grant_type: "client_credentials" });
    const made = await world.bearer(admin.body.access_token).call("CreateClient", { user_id: "system" });
    assert.equal(made.status, 200);
    const first = await world.grant({ grant_type: "password", username: administrator.email, password: administrator.password });
    const refresh = { grant_type: "refresh_token", refresh_token: first.body.refresh_token };
    const again = await world.grant(refresh);
    assert.equal(again.status, 200);
    assert.equal(decodeJwt(again.body.access_token).sub, decodeJwt(first.body.access_token).sub);

    const { client_id, client_secret } = made.body;
    assert.deepEqual((await world.grant({ ...refresh, client_id, client_secret })).error, "auth_failure");
    for (const token of [first.body.access_token, first.body.id_token, "rubbish", `${first.body.refresh_token}x`]) {
      const { status, error } = await world.grant({ ...refresh, refresh_token: token });
      assert.deepEqual([status, error], [403, "auth_failure"]);
    }
    assert.equal((await world.bearer(first.body.refresh_token).call("DescribeUsers")).status, 401, "a refresh token opens nothing");

    const refused = await world.grant({ ...refresh, refresh_token: again.body.refresh_token, client_id, client_secret });
    assert.equal(refused.error, "auth_failure", "another client's");
    world.time.pass(7_201_000);
    const late = await world.bearer(first.body.access_token).call("DescribeUsers");
    assert.deepEqual([late.status, late.error], [401, "access_token_expired"]);
    const next = await world.grant({ ...refresh, refresh_token: again.body.refresh_token });
    assert.equal(next.status, 200);
    world.time.pass(14 * 86_400_000);
    const expired = await world.grant({ ...refresh, refresh_token: next.body.refresh_token });
    assert.deepEqual([expired.status, expired.error], [403, "refresh_token_expired"]);
  });

  test("no answer that holds a token or a secret is kept on the way", async () => {
    const granted = await world.grant({ grant_type: "client_credentials" });
    const made = await world.bearer(granted.body.access_token).call("CreateClient", { user_id: "system" });
    const refused = await world.grant({ grant_type: "client_credentials", client_secret: "wrong" });
    for (const { headers } of [granted, made, refused]) assert.equal(headers.get("cache-control"), "no-store");
  });

  test("a new client gets a secret that works, and the same again under the same key", async () => {
    const system = world.bearer((await world.grant({ grant_type: "client_credentials" })).body.access_token);
    const user = (await system.call("DescribeUsers", { email: administrator.email })).body.user_set[0];
    const make = () => system.call("CreateClient", { user_id: user.user_id }, { "idempotency-key": "one client" });
    const { status, body } = await make();
    assert.equal(status, 200);
    assert.equal(body.user_id, user.user_id);
    assert.deepEqual((await make()).body, body);
    const { client_id, client_secret } = body;
    const token = await world.grant({ grant_type: "client_credentials", client_id, client_secret });
    assert.equal(decodeJwt(token.body.access_token).sub, user.user_id);
  });

  test("only the system may create a client that acts as the system", async () => {
    const admin = await world.admin();
    assert.equal((await admin.call("CreateClient", { user_id: "system" })).status, 403);
    assert.equal((await admin.call("CreateClient", { user_id: "usr-nobody" })).status, 404);
  });

  test("no answer and no event shows a secret in clear", async () => {
    const bytes = [...world.of().database.commits.values()].flatMap(({ events }) =>
      events.map((event) => Buffer.from(event.bytes).toString("latin1")),
    );
    assert.ok(bytes.length > 0);
    for (const secret of [client.secret, administrator.password, '"d":"']) assert.ok(bytes.every((text) => !text.includes(secret)));
  });

  test("only internal topics carry hashes", () => {
    const { commits } = world.of().database;
    const hashed = [...commits.values()].filter(({ events }) =>
      events.some(({ bytes }) => Buffer.from(bytes).toString("latin1").includes("scrypt$")),
    );
    const aggregates = new Set(hashed.map(({ stream }) => aggregateOf(stream)));
    assert.deepEqual([...aggregates].toSorted(), ["clientSecret", "password"]);
    for (const aggregate of aggregates) assert.equal(Reflect.get(account.aggregates, aggregate).internal, true, aggregate);
  });

  test("a user and a client of an earlier release, whose hashes are in their own events, go on", async () => {
    const { user_id, email, password } = { user_id: "usr-old", email: "old@example.org", password: "old password" };
    await world.put("users", user_id, { user_id, username: "old", email, status: "active" });
    await world.put("credentials", user_id, { user_id, address: email, status: "active", password_hash: await hashPassword(password) });
    const old = { client_id: "client-old", client_secret: "old secret" };
    await world.put("clients", old.client_id, {
      client_id: old.client_id,
      user_id,
      status: "active",
      secret_hash: await hashPassword(old.client_secret),
    });
    const ask = (word: string) => world.grant({ grant_type: "password", username: email, password: word, ...old });
    assert.equal((await ask(password)).status, 200);
    await world.send("account", { type: "SetPassword", userId: user_id, passwordHash: await hashPassword("new password") });
    assert.equal((await ask(password)).status, 403);
    assert.equal((await ask("new password")).status, 200);
  });
});
