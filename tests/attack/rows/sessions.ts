import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { eventually } from "../../eventually.ts";
import { ok } from "../../world/requests.ts";
import { type Attack, shown } from "../attack.ts";
import { moduleForm } from "../scene.ts";

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const headOf = (token: string): { readonly kid?: string } => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());

/** Tokens that live too long, or are made by somebody else. */
export const sessions: readonly Attack[] = [
  {
    class: "sessions",
    name: "use tokens after the password was changed",
    has: "a stolen access token and refresh token",
    holds: "a new password makes all tokens useless",
    run: async ({ somebody, people, login, grant, bearer, target }, { control, refused, allowed }) => {
      const [victim, admin] = [await somebody("user"), await people.admin()];
      const stolen = await login(victim.email, victim.password);
      const refresh = () => grant(target.loginClient, { grant_type: "refresh_token", refresh_token: stolen.refresh_token });
      await allowed("before, the access token is good", bearer(stolen.access_token).call("DescribeUsers"));
      await ok(admin.call("ModifyUser", { user_id: victim.userId, password: "a new password" }));
      const isOver = async () => (await bearer(stolen.access_token).call("DescribeUsers")).status === 401;
      await eventually("the account service knows", isOver, 5_000).catch(() => undefined);
      await refused("the access token", bearer(stolen.access_token).call("DescribeUsers"), "401");
      await refused("the refresh token", refresh(), "403", "401");
      await refused(
        "the old password",
        grant(target.loginClient, { grant_type: "password", username: victim.email, password: victim.password }),
        "403",
      );
      const { access_token } = await login(victim.email, "a new password");
      const again = await bearer(access_token).call("DescribeUsers");
      control("with the new password its owner signs in", again.status === 200, shown(again));
    },
  },
  {
    class: "sessions",
    name: "make a stolen token worth an account, by setting a password",
    has: "a stolen access token, and not the password",
    holds: "one's own password is changed by who knows it",
    run: async ({ somebody }, { refused, allowed }) => {
      const victim = await somebody("user");
      const { userId: user_id, password, call } = victim;
      await refused("ModifyUser with a password", call("ModifyUser", { user_id, password: "mine" }), "403 permission_denied");
      await refused(
        "CreatePasswordReset without the password",
        call("CreatePasswordReset", { user_id, password: "guessed" }),
        "403 auth_failure",
      );
      const { reset_id } = await allowed("its owner begins a reset", call("CreatePasswordReset", { user_id, password }));
      await allowed("and sets another one", call("ChangePassword", { reset_id, new_password: "another password" }));
    },
  },
  {
    class: "sessions",
    name: "use a refresh token that its owner has used, and go on",
    has: "a stolen refresh token",
    holds: "a replaced token ends the session of both",
    run: async ({ somebody, login, grant, target }, { allowed, refused }) => {
      const victim = await somebody("user");
      const first = await login(victim.email, victim.password);
      const refresh = (refresh_token: string) => grant(target.loginClient, { grant_type: "refresh_token", refresh_token });
      const second = await allowed("its owner refreshes", refresh(first.refresh_token));
      const third = await allowed("and again", refresh(second.refresh_token));
      await refused("the first token", refresh(first.refresh_token), "403", "401");
      await refused("and now the newest one, too", refresh(third.refresh_token), "403", "401");
    },
  },
  {
    class: "sessions",
    name: "use a refresh token after its owner has signed out, or sign others out",
    has: "a stolen refresh token, or a client of one's own",
    holds: "signing out ends the session with its access tokens and streams, and takes the token and its client",
    run: async ({ somebody, login, grant, target, stranger, bearer }, { allowed, refused }) => {
      const victim = await somebody("user");
      const { refresh_token, access_token } = await login(victim.email, victim.password);
      const signOut = ({ id, secret }: typeof target.loginClient) =>
        stranger.call("RevokeToken", { client_id: id, client_secret: secret, token: refresh_token });
      await refused("sign out by another client", signOut(target.operators), "403");
      await refused("sign out without the client's secret", signOut({ ...target.loginClient, secret: "guessed" }), "403");
      const next = await allowed("the session goes on", grant(target.loginClient, { grant_type: "refresh_token", refresh_token }));
      await allowed("its owner signs out", signOut(target.loginClient));
      const isOver = async () => (await bearer(access_token).call("DescribeUsers")).status === 401;
      await eventually("the service has heard of it", isOver, 5_000).catch(() => undefined);
      for (const token of [access_token, next.access_token])
        await refused("the session's access token", bearer(token).call("DescribeUsers"), "401");
      for (const token of [refresh_token, next.refresh_token])
        await refused("refresh", grant(target.loginClient, { grant_type: "refresh_token", refresh_token: token }), "403", "401");
    },
  },
  {
    class: "sessions",
    name: "go on after one's account was deleted, or one's client revoked",
    has: "an access token and a refresh token",
    holds: "both are useless at once",
    run: async ({ somebody, people, login, grant, bearer, target, tokensOf }, { control, refused }) => {
      const [leaver, admin] = [await somebody("user"), await people.admin()];
      const tokens = await login(leaver.email, leaver.password);
      const user = await people.otherUser();
      const { client_id: id, client_secret: secret } = await ok(admin.call("CreateClient", { user_id: user.userId }));
      const program = await tokensOf({ id, secret }, { grant_type: "client_credentials" });
      for (const token of [tokens.access_token, program.access_token])
        control("before, the token is good", (await bearer(token).call("DescribeUsers")).status === 200);
      await ok(admin.call("DeleteUsers", { user_id: [leaver.userId] }));
      await ok(admin.call("RevokeClients", { client_id: [id] }));
      for (const [what, token] of [
        ["the deleted user's", tokens.access_token],
        ["the revoked client's", program.access_token],
      ] as const) {
        const ask = () => bearer(token).call("DescribeUsers");
        await eventually("the account service knows", async () => (await ask()).status === 401, 5_000).catch(() => undefined);
        await refused(`${what} access token`, ask(), "401");
      }
      await refused(
        "the deleted user's refresh token",
        grant(target.loginClient, { grant_type: "refresh_token", refresh_token: tokens.refresh_token }),
        "403",
        "401",
      );
      await refused("the revoked client's secret", grant({ id, secret }, { grant_type: "client_credentials" }), "403");
    },
  },
  {
    class: "sessions",
    name: "use a token for what it is not, or make one",
    has: "a user's tokens, and keys of one's own",
    holds: "a token is good for one use, by the platform's keys and one algorithm",
    run: async ({ people, login, bearer, grant, target, stranger }, { refused, allowed }) => {
      const user = await people.user();
      const tokens = await login(user.email, user.password);
      const [head = "", body = "", signature = ""] = tokens.access_token.split(".");
      const kid = headOf(tokens.access_token).kid;
      const claims = { sub: "system", iat: 1, exp: 4_000_000_000, generation: 999 };
      const unsigned = (header: object) => `${encoded(header)}.${encoded(claims)}`;
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const own = (header: object): string => {
        const text = unsigned(header);
        return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
      };
      const byHmac = unsigned({ alg: "HS256", kid, typ: "at+jwt" });
      const forged: readonly (readonly [what: string, token: string])[] = [
        ["the refresh token", tokens.refresh_token],
        ["the id token", tokens.id_token],
        ["algorithm none", `${unsigned({ alg: "none", kid, typ: "at+jwt" })}.`],
        [
          "a symmetric algorithm with a public text as key",
          `${byHmac}.${createHmac("sha256", kid ?? "")
            .update(byHmac)
            .digest("base64url")}`,
        ],
        ["other claims under the same signature", `${head}.${encoded(claims)}.${signature}`],
        ["one's own key under the platform's name", own({ alg: "ES256", kid, typ: "at+jwt" })],
        [
          "one's own key in the header",
          own({ alg: "ES256", typ: "at+jwt", jwk: { kty: "EC" }, jku: "http://127.0.0.1:1/", x5u: "http://127.0.0.1:1/" }),
        ],
        ["no signature", `${head}.${body}.`],
        ["a path as the key's name", own({ alg: "ES256", kid: "../../../../dev/null", typ: "at+jwt" })],
      ];
      for (const [what, token] of forged) await refused(what, bearer(token).call("DescribeUsers"), "401");
      await refused("the access token in the query", stranger.get(`/v1/users?access_token=${tokens.access_token}`), "401");
      await refused("the access token as a cookie", stranger.get("/v1/users", { cookie: `access_token=${tokens.access_token}` }), "401");
      await refused(
        "an access token to refresh",
        grant(target.loginClient, { grant_type: "refresh_token", refresh_token: tokens.access_token }),
        "403",
        "401",
      );
      await refused(
        "a refresh token by another client",
        grant(target.operators, { grant_type: "refresh_token", refresh_token: tokens.refresh_token }),
        "403",
        "401",
      );
      await allowed("the access token as it is meant", bearer(tokens.access_token).call("DescribeUsers"));
    },
  },
  {
    class: "sessions",
    name: "do more by a client than it is limited to",
    has: "a client limited to looking at users",
    holds: "a client's tokens do what its bundles have, also people's",
    run: async ({ people, tokensOf, bearer, customRole, target }, { refused, allowed }) => {
      const [admin, user] = [await people.admin(), await people.otherUser()];
      const { client_id: id, client_secret: secret } = await ok(admin.call("CreateClient", { user_id: user.userId }));
      await ok(admin.call("LimitClient", { client_id: id, action_bundle_id: ["m0.f1.a3"] }));
      const limited = bearer(
        (await tokensOf({ id, secret }, { grant_type: "password", username: admin.email, password: admin.password })).access_token,
      );
      await eventually("the limit is known", async () => (await limited.call("DescribeRoles")).status === 403, 5_000).catch(
        () => undefined,
      );
      await refused("DescribeRoles", limited.call("DescribeRoles"), "403 permission_denied");
      const role_id = await customRole(["m0"]);
      await refused("ModifyRoleModule", limited.call("ModifyRoleModule", { role_id, module: moduleForm(["m1"]) }), "403 permission_denied");
      await allowed("DescribeUsers", limited.call("DescribeUsers"));
      const store = bearer((await tokensOf(target.loginClient, { grant_type: "client_credentials" })).access_token);
      for (const operation of ["DescribeUsers", "DescribeClusters", "DescribeRuntimes"] as const)
        await refused(`the client for logins by itself: ${operation}`, store.call(operation), "403 permission_denied");
      await allowed("and the store", store.call("DescribeActiveApps"));
      await ok(admin.call("RevokeClients", { client_id: [id] }));
    },
  },
];
