import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds for which a request is repeated that is answered with 503. */
const UNAVAILABLE = 30_000;

/** An error answer in OpenPitrix's format, with the request id for the logs. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly errorName: string;
  constructor(status: number, errorName: string, message: string) {
    super(message);
    this.status = status;
    this.errorName = errorName;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a client of the HTTP contract reads any JSON.
export type Json = any;

/** A caller of the command API. */
export type Caller = {
  readonly get: (path: string, query?: Query) => Promise<Json>;
  readonly post: (path: string, body: object, requestId?: string) => Promise<Json>;
  readonly patch: (path: string, body: object) => Promise<Json>;
  readonly delete: (path: string, body: object) => Promise<Json>;
};
type Query = { readonly [name: string]: string | number | readonly string[] };

/** Calls with the token's identity. */
export const caller = (url: string, token: string): Caller => {
  const call = async (
    method: string,
    path: string,
    body?: object,
    query: Query = {},
    requestId: string = crypto.randomUUID(),
  ): Promise<Json> => {
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(query)) for (const each of [value].flat()) target.searchParams.append(name, String(each));
    const headers = {
      authorization: `Bearer ${token}`,
      "x-request-id": requestId,
      ...(body && { "content-type": "application/json", "idempotency-key": crypto.randomUUID() }),
    };
    for (const until = Date.now() + UNAVAILABLE; ; await pause(500)) {
      const sent = { method, headers, ...(body && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(30_000) };
      const response = await fetch(target, sent);
      // A service may still be starting. With the same idempotency key, asking again is safe.
      if (response.status !== 503 || Date.now() > until) return answerOf(response);
    }
  };
  return {
    get: (path, query) => call("GET", path, undefined, query),
    post: (path, body, requestId) => call("POST", path, body, {}, requestId),
    patch: (path, body) => call("PATCH", path, body),
    delete: (path, body) => call("DELETE", path, body),
  };
};

/** OAuth 2: a caller for a client's own user, or for a person. */
export const login = async (
  url: string,
  client: { readonly id: string; readonly secret: string },
  person?: { readonly email: string; readonly password: string },
): Promise<Caller> => {
  const grant = person
    ? { grant_type: "password", username: person.email, password: person.password }
    : { grant_type: "client_credentials" };
  const body = new URLSearchParams({ ...grant, client_id: client.id, client_secret: client.secret });
  const { access_token } = await answerOf(await fetch(new URL("/v1/oauth2/token", url), { method: "POST", body }));
  return caller(url, access_token);
};

const answerOf = async (response: Response): Promise<Json> => {
  const text = await response.text();
  const body: Json = text === "" ? {} : JSON.parse(text);
  if (response.ok) return body;
  const details: Json = body.details?.[0] ?? {};
  throw new ApiError(
    response.status,
    details.error_name ?? "",
    `${new URL(response.url).pathname}: ${response.status} ${body.message ?? text}${details.cause ? ` (${details.cause})` : ""} [${response.headers.get("x-request-id")}]`,
  );
};

/** Polls until the predicate accepts the answer; the limit is in seconds. */
export const eventually = async <T>(
  what: string,
  seconds: number,
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
): Promise<T> => {
  const until = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (isExpected(answer)) return answer;
    if (Date.now() > until) throw new Error(`${what}: not reached within ${seconds} s; last: ${JSON.stringify(answer).slice(0, 500)}`);
    await pause(150);
  }
};
