import type { Rejection } from "../../../events/index.ts";
import { ownerPathOf, SYSTEM } from "../../chassis/access/access.ts";
import type { SigningKey } from "../../chassis/access/tokens.ts";
import type { HttpRow, RequestOf } from "../../chassis/http/rows.ts";
import type { ClientDocument, SigningKeyDocument } from "../read-models/keys.ts";
import { basicCredentials } from "./basic.ts";
import { credentialOf, matches } from "./passwords.ts";
import type { AccountReads } from "./reads.ts";
import { type AccountContext, answer, command } from "./rows.ts";

const ACCESS_SECONDS = 7_200;
const REFRESH_SECONDS = 14 * 86_400;

/** API clients, and the OAuth 2 tokens that they request. */
export const tokenRows: readonly HttpRow<unknown>[] = [
  command("CreateClient", {
    issues: "CreateClient",
    needs: ({ user_id }) => ({ user: ["users", user_id === SYSTEM ? undefined : user_id] }),
    prepare: async ({ user_id }, { edge, actor }): Promise<{ secret: string; secretHash: string } | Rejection> => {
      if (user_id === SYSTEM && actor.userId !== SYSTEM) return denied("only the system may create a client that acts as the system");
      const secret = edge.randomToken(32);
      return { secret, secretHash: await edge.hashPassword(secret) };
    },
    command: ({ user_id }, { newId, needs: { user }, prepared: { secretHash } }) =>
      user && user.status !== "active"
        ? gone(user_id)
        : {
            type: "CreateClient",
            clientId: newId("client"),
            ...{ userId: user_id, secretHash, owner: user_id },
            ownerPath: user?.owner_path ?? ownerPathOf({ userId: user_id, groupPath: "" }),
          },
    answer: ([{ clientId, userId }], { prepared }) => ({ user_id: userId, client_id: clientId, client_secret: prepared.secret }),
  }),

  answer("Token", async (request, context) => {
    const { edge } = context;
    const client = await clientOf(request, context);
    if (!client) return denied("the client is unknown or its secret is wrong");
    const subject = await subjectOf(request, client, context);
    if (typeof subject !== "string") return subject;
    const user = subject === SYSTEM ? undefined : await context.unscoped.get("users", subject);
    if (subject !== SYSTEM && user?.status !== "active") return denied(`the user ${subject} is deleted`);
    const key = await newestKey(context);
    const [access_token, id_token, refresh_token] = await Promise.all([
      edge.signToken(key, "access", subject, ACCESS_SECONDS),
      edge.signToken(key, "id", subject, ACCESS_SECONDS, {
        aud: client.client_id,
        ...(user && { name: user.username, email: user.email }),
      }),
      edge.signToken(key, "refresh", subject, REFRESH_SECONDS, { client_id: client.client_id }),
    ]);
    return { token_type: "Bearer", expires_in: ACCESS_SECONDS, access_token, id_token, refresh_token };
  }),
];

type TokenRequest = RequestOf<"Token">;

const clientOf = async (request: TokenRequest, { unscoped, edge }: AccountContext): Promise<ClientDocument | undefined> => {
  const basic = basicCredentials(edge.header("authorization"));
  const { id = request.client_id, secret = request.client_secret } = basic ?? {};
  if (!id || !secret) return undefined;
  const client = await unscoped.get("clients", id);
  return client && (await edge.verifyPassword(secret, client.secret_hash)) ? client : undefined;
};

/** The id of the user in whose name the token will act. */
const subjectOf = async (request: TokenRequest, client: ClientDocument, context: AccountContext): Promise<string | Rejection> => {
  switch (request.grant_type) {
    case "client_credentials":
      return client.user_id;
    case "password": {
      const { username, password } = request;
      if (!username) return missing("username");
      if (!password) return missing("password");
      const credential = await credentialOf(username, context);
      if (!credential) return { rejected: `there is no user with the e-mail ${username}`, kind: "notFound", error: "resource_not_found" };
      return (await matches(credential, password, context)) ? credential.user_id : denied("the password is wrong");
    }
    case "refresh_token":
      return request.refresh_token ? refreshed(request.refresh_token, client, context) : missing("refresh_token");
  }
};

const refreshed = async (token: string, client: ClientDocument, context: AccountContext): Promise<string | Rejection> => {
  for (const { public_jwk } of await announcedKeys(context)) {
    const claims = await context.edge.readToken(public_jwk, "refresh", token);
    if (claims === "expired") return denied("the refresh token has expired", "refresh_token_expired");
    if (claims === "invalid") continue;
    return claims.client_id === client.client_id && typeof claims.sub === "string"
      ? claims.sub
      : denied("the refresh token belongs to another client");
  }
  return denied("the refresh token is invalid");
};

const announcedKeys = ({ unscoped }: AccountReads) => unscoped.find("signingKeys", [{ field: "status", in: ["announced"] }], 100);

const newestKey = async (reads: AccountReads): Promise<SigningKey> => {
  const order = ({ create_time, key_id }: SigningKeyDocument) => `${create_time} ${key_id}`;
  const [newest] = (await announcedKeys(reads)).toSorted((a, b) => (order(a) < order(b) ? 1 : -1));
  if (!newest?.sealed_private_jwk) throw new Error("there is no signing key yet");
  return { keyId: newest.key_id, publicJwk: newest.public_jwk, sealedPrivateJwk: newest.sealed_private_jwk };
};

const gone = (userId: string): Rejection => ({ rejected: `the user ${userId} is deleted`, kind: "notFound", error: "resource_not_found" });
const denied = (rejected: string, error = "auth_failure"): Rejection => ({ rejected, kind: "denied", error });
const missing = (parameter: string): Rejection => ({
  rejected: `missing parameter [${parameter}]`,
  kind: "invalid",
  error: "missing_parameter",
});
