import type { IncomingMessage } from "node:http";
import type { RequestHandler, Response } from "express";
import { lruCache } from "../../events/runtime.ts";
import type { Identity } from "../chassis/access/identity.ts";
import { mayOperate, principalOf } from "../chassis/http/authentication.ts";
import { pathPattern } from "../chassis/http/paths.ts";
import { isProblem, type Problem } from "../chassis/http/problems.ts";
import type { Counting } from "./admission.ts";
import { bodyOf, drain } from "./body.ts";
import { type Answer, failed } from "./registry/answers.ts";
import type { RegistryRoute } from "./registry/registry.ts";

const MEDIA = "application/vnd.schemaregistry.v1+json";
const FOR_EVER = "public, max-age=31536000, immutable";
/** Bytes of a body. The longest released schema has 3,000. */
const MOST_BYTES = 128 * 1024;
/** Answers kept that never change, each of 3,000 bytes at most, and the length of their URLs. */
const MOST_KEPT = 1_000;
const MOST_URL = 200;

/** Where the routes are, and what clients of a registry ask for besides. */
const OURS = /^\/(?:schemas|subjects|compatibility|config|mode|contexts|associations|v1\/metadata)(?:\/|$)/;

type Parts = { readonly identity: Identity; readonly count: Counting };

/** Serves the routes of the schema registry. Reads are for everybody, and counted for the caller's address as all requests without a token. */
export const registryRoutes = (routes: readonly RegistryRoute[], { identity, count }: Parts): RequestHandler => {
  const templates = routes.map((route) => ({ route, fits: pathPattern(route.path) }));
  const find = (method: string, path: string) => {
    let isKnown = false;
    for (const { route, fits } of templates) {
      const fields = fits(path);
      if (fields && route.method === method) return { route, fields };
      if (fields) isKnown = true;
    }
    return isKnown ? "otherMethod" : undefined;
  };

  const admitted = async ({ access }: RegistryRoute, request: IncomingMessage): Promise<Problem | undefined> => {
    if (access === "anybody") return count.address(request);
    const principal = await principalOf(identity, request.headers.authorization);
    if (isProblem(principal)) return count.address(request) ?? principal;
    return count.user(principal.userId) ?? (access === "operators" ? mayOperate(principal) : undefined);
  };

  const kept = lruCache<{ readonly answer: Answer; readonly bytes: Buffer }>(MOST_KEPT);

  return async (request, response, next) => {
    if (!OURS.test(request.path)) return next();
    response.locals.operation = "SchemaRegistry";
    const give = (answer: Answer, bytes = bytesOf(answer)): void => {
      send(response, answer, bytes);
      drain(request);
    };
    const url = request.method === "GET" && request.url.length <= MOST_URL ? request.url : undefined;
    const known = url && kept.get(url);
    if (known) {
      const problem = count.address(request);
      return problem ? give(refused(response, problem)) : give(known.answer, known.bytes);
    }
    const method = request.method === "HEAD" ? "GET" : request.method;
    const found = find(method, request.path);
    if (!found || found === "otherMethod") {
      const problem = count.address(request);
      if (problem) return give(refused(response, problem));
      return give(found ? failed(405, method) : failed(404, `${method} ${request.path.slice(0, 200)}`));
    }
    const problem = await admitted(found.route, request);
    if (problem) return give(refused(response, problem));
    const body = method === "GET" ? undefined : await jsonOf(request);
    if (body === TOO_LARGE) return give(failed(413, `${MOST_BYTES} bytes`));
    const query = Object.fromEntries(Object.entries(request.query).filter(([, value]) => typeof value === "string"));
    const answer = found.route.answer({ in: found.fields, query: query as { readonly [name: string]: string }, body }); // Filtered just now.
    if (url && answer.immutable) kept.set(url, { answer, bytes: bytesOf(answer) });
    give(answer);
  };
};

const bytesOf = ({ body }: Answer): Buffer => Buffer.from(JSON.stringify(body));

const send = (response: Response, { status, immutable }: Answer, bytes: Buffer): void => {
  response.status(status).set({ "content-type": MEDIA, ...(immutable && { "cache-control": FOR_EVER }) });
  response.send(bytes);
};

/** A problem of the gateway in the registry's words. */
const refused = (response: Response, { status, message, headers }: Problem): Answer => {
  response.set(headers ?? {});
  if (status === 401) return failed(40101, message);
  if (status === 403) return failed(40301, message);
  return { status, body: { error_code: status, message } };
};

const TOO_LARGE = Symbol("too large");

/** A small body as JSON; undefined if it is none. */
const jsonOf = async (request: IncomingMessage): Promise<unknown> => {
  const body = bodyOf(request, MOST_BYTES);
  if (isProblem(body)) return TOO_LARGE;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body.chunks()) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return body.problem() ? TOO_LARGE : undefined;
  }
};
