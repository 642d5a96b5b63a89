import assert from "node:assert/strict";
import { type OperationId, operations } from "../../schemas/generated/http.ts";

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
  readonly body: any;
  /** The name of the error, and what is said about its cause. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly milliseconds: number;
};
type Headings = Readonly<Record<string, string>>;

/** Operations that their own service has answered, in any test of this process. */
export const answered = new Set<OperationId>();

/** Sends a request, and reads its answer. */
export const ask = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const began = performance.now();
  const response = await fetch(url, init);
  const text = await response.text();
  const milliseconds = performance.now() - began;
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  const { error_name: error, cause } = body?.details?.[0] ?? {};
  return { status: response.status, headers: response.headers, body, error, cause, milliseconds };
};

/** Where an operation is asked for, or anything; and whether its own service answers there. */
export type Target = { readonly urlOf: (operation?: OperationId) => string; readonly isServed: (operation: OperationId) => boolean };

/** Somebody who sends requests to where their operation is served; without an authorization nobody knows who. */
export const caller = <A extends string | undefined>({ urlOf, isServed }: Target, authorization: A) => {
  const send = (url: string, method: string, body: unknown, headers: Headings = {}): Promise<Answer> =>
    ask(url, {
      method,
      headers: { ...(authorization && { authorization }), ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const request = (method: string, path: string, body: unknown, headers?: Headings) => send(`${urlOf()}${path}`, method, body, headers);
  const by = (method: string) => (path: string, body: unknown, headers?: Headings) => request(method, path, body, headers);
  return {
    authorization,
    /** Calls an operation: fields stand in its path, its query or its body. */
    call: async (operation: OperationId, fields: object = {}, headers?: Headings): Promise<Answer> => {
      const { method, path, body } = operations[operation];
      const rest = new Map<string, unknown>(Object.entries(fields));
      const place = path.replace(/\{(\w+)\}/g, (_, name) => {
        const value = rest.get(name);
        rest.delete(name);
        return encodeURIComponent(String(value));
      });
      const url = `${urlOf(operation)}${place}`;
      const query = [...rest].flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
      const answer = await (body
        ? send(url, method.toUpperCase(), Object.fromEntries(rest), headers)
        : send(query.length > 0 ? `${url}?${new URLSearchParams(query)}` : url, method.toUpperCase(), undefined, headers));
      if (answer.status < 300 && isServed(operation)) answered.add(operation);
      return answer;
    },
    request,
    get: (path: string, headers?: Headings) => request("GET", path, undefined, headers),
    ...{ post: by("POST"), patch: by("PATCH"), remove: by("DELETE") },
  };
};
export type Caller = ReturnType<typeof caller<string | undefined>>;

/** The body of an answer that must be 200. */
export const ok = async (answer: Promise<Answer>): Promise<Answer["body"]> => {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};

/** The message of an answer that is this error. */
export const refused = async (answer: Promise<Answer>, status: number, error: string): Promise<string> => {
  const given = await answer;
  assert.deepEqual([given.status, given.error], [status, error], JSON.stringify(given.body));
  return given.body.message;
};
