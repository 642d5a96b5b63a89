import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { callingService, mayOperate, principalOf } from "./authentication.ts";
import type { Host } from "./host.ts";
import { isProblem, makeProblem, type Problem, sendProblem } from "./problems.ts";

/** Who may ask. Only probes and metrics are for anybody. */
export type Access = "anybody" | "services" | "operators";

/** A route for the platform itself, beside the operations of the contract. */
export type InternalRoute = {
  readonly method: "get" | "post";
  readonly path: string;
  readonly access: Access;
  /** Bytes of a JSON body, which is read once the caller is known. Absent: the body is not read. */
  readonly bodyLimit?: number;
  /** Gives what is sent as JSON, or sends the answer itself. `by` is the service or the user that asks. */
  readonly answer: (request: Request, by: string, response: Response) => Promise<object | undefined>;
};

/** Adds routes to a router. No handler sees a request before its caller is known. */
export const addRoutes = (router: Router, host: Host, routes: readonly InternalRoute[]): Router => {
  for (const { method, path, access, bodyLimit, answer } of routes) {
    const admitted: RequestHandler = async (request, response, next) => {
      const by = await callers[access](host, request);
      if (isProblem(by)) return sendProblem(request, response, by);
      response.locals.by = by;
      next();
    };
    const answered: RequestHandler = async (request, response) => {
      const given = await answer(request, String(response.locals.by), response);
      if (isProblem(given)) sendProblem(request, response, given);
      else if (given) response.json(given);
    };
    router[method](path, admitted, ...(bodyLimit === undefined ? [] : [express.json({ limit: bodyLimit })]), answered);
  }
  return router;
};

/** Who asks: a service of the platform, or an administrator by a token. */
const callers: { readonly [A in Access]: (host: Host, request: Request) => Promise<string | Problem> } = {
  anybody: async () => "",
  services: async (host, request) => (await callingService(host, request)) ?? makeProblem("auth_failure", "only services of the platform"),
  operators: async (host, request) => {
    const program = await callingService(host, request);
    if (program) return program;
    const principal = await principalOf(host.identity, request.get("authorization"));
    if (isProblem(principal)) return principal;
    return mayOperate(principal) ?? principal.userId;
  },
};
