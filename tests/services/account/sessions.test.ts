import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt } from "jose";
import { api } from "../../../services/api/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { eventually } from "../../eventually.ts";
import { administrator, client, loginClient, servedWithAccounts } from "../../world/accounts.ts";
import { openStream } from "../../world/event-stream.ts";
import { runtimeCommands } from "../../world/toys/clusters.ts";

const password = "correct horse";

describe("sessions over HTTP", () => {
  let world: Awaited<ReturnType<typeof servedWithAccounts>>;
  before(async () => {
    world = await servedWithAccounts([runtime, api]);
  });
  after(() => world?.stop());

  const login = async (username: string = administrator.email, word = administrator.password) => {
    const { status, body } = await world.grant({ grant_type: "password", username, password: word });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const refresh = (refresh_token: string) => world.grant({ grant_type: "refresh_token", refresh_token });
  const person = async () => {
    const email = `person-${Math.random()}@example.org`;
    const { user_id } = (await (await world.admin()).call("CreateUser", { email, password, role_id: "user" })).body;
    return { email, user_id };
  };
  /** Asks a service that hears of passwords over the log only. */
  const isSignedIn = async (token: string) => (await world.bearer(token).call("DescribeRuntimes")).status === 200;

  test("a refresh token is replaced when it is used", async () => {
    const first = await login();
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    const tokens = [first, second, third].map(({ refresh_token }) => decodeJwt(refresh_token));
    assert.deepEqual(
      tokens.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.equal(new Set(tokens.map(({ sid }) => sid)).size, 1);
    assert.equal(new Set(tokens.map(({ exp }) => exp)).size, 1, "a session lasts two weeks, however often it is refreshed");
    assert.ok(await isSignedIn(third.access_token));
  });

  test("a client that refreshes in parallel gets the same successor each time, for half a minute", async () => {
    const { refresh_token } = await login();
    // However slow the machine is.
    world.time.standStill();
    const answers = await Promise.all([1, 2, 3].map(() => refresh(refresh_token)));
    world.time.pass(29_000);
    answers.push(await refresh(refresh_token));
    world.time.goOn();
    for (const { status } of answers) assert.equal(status, 200);
    assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1);
    assert.equal((await refresh(answers[0]?.body.refresh_token)).status, 200);
  });

  test("a token that is used again later ends the session, for the thief and the robbed alike", async () => {
    const stolen = (await login()).refresh_token;
    const next = (await refresh(stolen)).body.refresh_token;
    world.time.pass(31_000);
    const again = await refresh(stolen);
    assert.deepEqual([again.status, again.error], [403, "auth_failure"]);
    const after = await refresh(next);
    assert.deepEqual([after.status, after.error], [403, "auth_failure"]);
  });

  test("who signs out ends the session, by any of its refresh tokens, and no other session", async () => {
    const revoke = (fields: object, headers?: Readonly<Record<string, string>>) => world.stranger().call("RevokeToken", fields, headers);
    const by = { client_id: client.id, client_secret: client.secret };
    const [mine, other] = [await login(), await login()];
    const next = (await refresh(mine.refresh_token)).body;
    assert.equal((await revoke({ token: mine.refresh_token })).error, "auth_failure");
    assert.equal((await revoke({ ...by, client_secret: "wrong", token: mine.refresh_token })).error, "auth_failure");
    const foreign = await revoke({ client_id: loginClient.id, client_secret: loginClient.secret, token: mine.refresh_token });
    assert.deepEqual([foreign.status, foreign.error], [403, "auth_failure"]);
    assert.equal((await refresh(next.refresh_token)).status, 200, "nobody has signed out");

    const out = await revoke({ ...by, token: mine.refresh_token });
    assert.deepEqual([out.status, out.body], [200, {}]);
    assert.deepEqual(await refresh(next.refresh_token).then(({ status, error }) => [status, error]), [403, "auth_failure"]);
    assert.equal((await refresh(other.refresh_token)).status, 200);
    for (const token of [mine.refresh_token, "x.y.z", mine.access_token]) assert.equal((await revoke({ ...by, token })).status, 200);
    assert.equal((await revoke(by)).error, "missing_parameter");
  });

  test("signing out takes the session's access tokens, at every service, and ends its streams; other sessions go on", async () => {
    const [mine, other] = [await login(), await login()];
    const next = (await refresh(mine.refresh_token)).body;
    const streams = await Promise.all(
      [mine, next, other].map(({ access_token }) =>
        openStream(`${world.of("api").url}/v1/events`, { authorization: `Bearer ${access_token}` }),
      ),
    );
    assert.deepEqual(
      streams.map(({ response }) => response.status),
      [200, 200, 200],
    );
    const by = { client_id: client.id, client_secret: client.secret };
    assert.equal((await world.stranger().call("RevokeToken", { ...by, token: mine.refresh_token })).status, 200);
    for (const { access_token } of [mine, next])
      await eventually("the access token is invalid", async () => !(await isSignedIn(access_token)));
    assert.ok(await isSignedIn(other.access_token));
    // The gateway looks at rights again when something happens, a second after the last look.
    world.time.pass(2_000);
    for (const command of runtimeCommands({ owner: "usr-1", ownerPath: ":usr-1" }))
      await world.send("runtime", command, { userId: "usr-1", ownerPath: ":usr-1" });
    const [first, second, third] = streams;
    assert.deepEqual([await first?.reading, await second?.reading], ["ended", "ended"]);
    for (const each of [first, second]) assert.equal(each?.messages.at(-1)?.data.details[0].error_name, "auth_failure");
    await eventually("another session's stream shows it", () => third?.ids().length);
    await third?.leave();
  });

  test("two tokens ago is too old, however fast", async () => {
    const first = (await login()).refresh_token;
    const second = (await refresh(first)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    assert.equal((await refresh(first)).status, 403);
    assert.equal((await refresh(third)).status, 403);
  });

  test("a new password ends every session, and makes every access token useless", async () => {
    const changes = [
      async ({ user_id }: { user_id: string }) => {
        assert.equal((await (await world.admin()).call("ModifyUser", { user_id, password: "new password" })).status, 200);
      },
      async ({ email, user_id }: { email: string; user_id: string }) => {
        const self = await world.signIn(email, password);
        const { reset_id } = (await self.call("CreatePasswordReset", { user_id, password })).body;
        assert.equal((await self.call("ChangePassword", { reset_id, new_password: "new password" })).status, 200);
      },
    ];
    for (const change of changes) {
      const someone = await person();
      const { access_token, refresh_token } = await login(someone.email, password);
      assert.ok(await isSignedIn(access_token));
      await change(someone);
      const refused = await refresh(refresh_token);
      assert.deepEqual([refused.status, refused.error], [403, "auth_failure"]);
      await eventually("the access token is invalid", async () => !(await isSignedIn(access_token)));
      assert.equal((await world.grant({ grant_type: "password", username: someone.email, password })).status, 403);
      const fresh = await login(someone.email, "new password");
      assert.ok(await isSignedIn(fresh.access_token));
      assert.equal((await refresh(fresh.refresh_token)).status, 200);
    }
  });

  test("a deleted user is signed out", async () => {
    const { email, user_id } = await person();
    const { access_token, refresh_token } = await login(email, password);
    await (await world.admin()).call("DeleteUsers", { user_id: [user_id] });
    assert.equal((await refresh(refresh_token)).status, 403);
    await eventually("the access token is invalid", async () => !(await isSignedIn(access_token)));
  });

  test("a refresh token that another platform, or an earlier release, made is invalid", async () => {
    const { access_token, id_token, refresh_token } = await login();
    const [head, body] = refresh_token.split(".");
    for (const token of [access_token, id_token, `${head}.${body}.AAAA`, `${head}.${body}.`])
      assert.equal((await refresh(token)).error, "auth_failure");
  });
});
