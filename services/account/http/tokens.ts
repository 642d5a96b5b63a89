import type { Rejection } from "../../../events/index.ts";
import { isBuiltInPrincipal } from "../../chassis/access/access.ts";
import type { RefreshClaims, SigningKey } from "../../chassis/access/tokens.ts";
import { isProblem, type Problem } from "../../chassis/http/problems.ts";
import type { AnswerOf, RequestOf } from "../../chassis/http/rows.ts";
import type { SessionCommand } from "../domain/session.ts";
import type { ClientDocument, SigningKeyDocument } from "../read-models/keys.ts";
import { basicCredentials } from "./basic.ts";
import { guessPassword, guessSecret } from "./guesses.ts";
import { accountOf, matches } from "./passwords.ts";
import { denied, missing } from "./refusals.ts";
import { type AccountRow, command, type SigningIn } from "./rows.ts";
import { openUser } from "./users.ts";

const ACCESS_SECONDS = 7_200;
/** A session, and with it each of its refresh tokens, ends two weeks after the login. */
const SESSION_SECONDS = 14 * 86_400;

/** The OAuth 2 tokens that clients request. The tokens are made first; they are answered if the session takes the commands. */
export const tokenRows: readonly AccountRow[] = [
  command("Token", {
    issues: ["StartSession", "EndReusedSession", "RefreshSession"],
    prepare: async (request, context) => {
      const client = await clientOf(request, context);
      if (isProblem(client)) return client;
      if (!client) return denied("the client is unknown or its secret is wrong");
      const grant = await grantOf(request, client, context);
      if (isProblem(grant)) return grant;
      if ("rejected" in grant) return grant;
      const answer = await tokensOf(grant, context);
      return "rejected" in answer ? answer : { commands: grant.commands, answer };
    },
    command: (_, { prepared: { commands } }) => commands,
    answer: (_, { prepared: { answer } }) => answer,
  }),

  // RFC 7009: a token that is not good any more is no error.
  command("RevokeToken", {
    issues: "EndSession",
    prepare: async (request, context) => {
      const client = await clientOf(request, context);
      if (isProblem(client)) return client;
      if (!client) return denied("the client is unknown or its secret is wrong");
      const claims = await context.edge.readRefreshToken(request.token);
      if (typeof claims === "string") return { sessionIds: [] };
      return claims.client_id === client.client_id ? { sessionIds: [claims.sid] } : denied("the refresh token belongs to another client");
    },
    command: (_, { prepared: { sessionIds } }) => sessionIds.map((sessionId) => ({ type: "EndSession", sessionId })),
    answer: () => ({}),
  }),
];

type TokenRequest = RequestOf<"Token">;
/** The next refresh token of a session, and what makes it the next one. */
type Grant = { readonly next: RefreshClaims; readonly commands: readonly Exclude<SessionCommand, { type: "EndSession" }>[] };

const clientOf = async (
  request: Pick<TokenRequest, "client_id" | "client_secret">,
  context: SigningIn,
): Promise<ClientDocument | Problem | undefined> => {
  const { unscoped, edge } = context;
  const basic = basicCredentials(edge.header("authorization"));
  const { id = request.client_id, secret = request.client_secret } = basic ?? {};
  if (!id || !secret) return undefined;
  const [client, kept] = await Promise.all([unscoped.get("clients", id), unscoped.get("clientSecrets", id)]);
  if (client?.status !== "active") return undefined;
  const isRight = await guessSecret(id, secret, (kept ?? client).secret_hash, context);
  return isProblem(isRight) ? isRight : isRight ? client : undefined;
};

const grantOf = async (request: TokenRequest, client: ClientDocument, context: SigningIn): Promise<Grant | Rejection | Problem> => {
  switch (request.grant_type) {
    case "client_credentials":
      return started(client.user_id, client, context);
    case "password": {
      const { username, password } = request;
      if (!username) return missing("username");
      if (!password) return missing("password");
      const { credential, name } = await accountOf(username, context.unscoped, context.outside);
      const isRight = await guessPassword(
        name,
        context,
        () => matches(credential, password, context.unscoped, context.edge),
        client.client_id,
      );
      if (isProblem(isRight)) return isRight;
      return isRight && credential
        ? started(credential.user_id, client, context)
        : denied("there is no such user, or the password is wrong");
    }
    case "refresh_token":
      return request.refresh_token ? refreshed(request.refresh_token, client, context) : missing("refresh_token");
  }
};

const started = async (userId: string, { client_id }: ClientDocument, context: SigningIn): Promise<Grant> => {
  const sessionId = `ses-${context.edge.randomToken(16)}`;
  const about = { sub: userId, client_id, generation: await generationOf(userId, context), iat: Math.floor(context.now / 1_000) };
  return {
    next: { ...about, sid: sessionId, number: 1 },
    commands: [{ type: "StartSession", sessionId, userId, clientId: client_id }],
  };
};

const refreshed = async (token: string, client: ClientDocument, context: SigningIn): Promise<Grant | Rejection> => {
  const claims = await context.edge.readRefreshToken(token);
  if (claims === "expired") return denied("the refresh token has expired", "refresh_token_expired");
  if (claims === "invalid") return denied("the refresh token is invalid");
  if (claims.client_id !== client.client_id) return denied("the refresh token belongs to another client");
  if (claims.generation !== (await generationOf(claims.sub, context))) return denied("the password was changed");
  const { sub, client_id, sid, number, generation, iat } = claims;
  const use = { sessionId: sid, number, now: context.now };
  return {
    next: { sub, client_id, sid, number: number + 1, generation, iat },
    commands: [
      { type: "EndReusedSession", ...use },
      { type: "RefreshSession", ...use },
    ],
  };
};

/** The number of the user's password; 0 without one, and for one of an earlier release. */
const generationOf = async (userId: string, { unscoped }: SigningIn): Promise<number> =>
  (await unscoped.get("passwords", userId))?.generation ?? 0;

const tokensOf = async ({ next }: Grant, context: SigningIn): Promise<AnswerOf<"Token"> | Rejection> => {
  const { edge } = context;
  const { sub, client_id, generation, sid } = next;
  const user = isBuiltInPrincipal(sub) ? undefined : await context.unscoped.get("users", sub);
  if (!isBuiltInPrincipal(sub) && user?.status !== "active") return denied(`the user ${sub} is deleted`);
  const [key, known] = await Promise.all([newestKey(context), user && openUser(user, context.outside)]);
  const [access_token, id_token, refresh_token] = await Promise.all([
    edge.signToken(key, "access", sub, ACCESS_SECONDS, { client_id, generation, sid }),
    edge.signToken(key, "id", sub, ACCESS_SECONDS, { aud: client_id, ...(known && { name: known.username, email: known.email }) }),
    edge.signRefreshToken(next, SESSION_SECONDS),
  ]);
  return { token_type: "Bearer", expires_in: ACCESS_SECONDS, access_token, id_token, refresh_token };
};

const newestKey = async ({ unscoped }: SigningIn): Promise<SigningKey> => {
  const order = ({ create_time, key_id }: SigningKeyDocument) => `${create_time} ${key_id}`;
  const announced = await unscoped.find("signingKeys", [{ field: "status", in: ["announced"] }], 100);
  const [newest] = announced.toSorted((a, b) => (order(a) < order(b) ? 1 : -1));
  if (!newest?.sealed_private_jwk) throw new Error("there is no signing key yet");
  return { keyId: newest.key_id, publicJwk: newest.public_jwk, sealedPrivateJwk: newest.sealed_private_jwk };
};
