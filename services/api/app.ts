import { randomUUID } from "node:crypto";
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response } from "express";
import { type Clock, isOutage, type Tracer } from "../../events/index.ts";
import type { Identity } from "../chassis/access/identity.ts";
import { apiDocument, type EventsDocument } from "../chassis/http/document.ts";
import { saneRequestId } from "../chassis/http/ids.ts";
import { isProblem, makeProblem, type Problem, sendProblem } from "../chassis/http/problems.ts";
import { traceOf } from "../chassis/http/span.ts";
import type { Logger } from "../chassis/process/logging.ts";
import type { PlatformKey } from "../chassis/process/settings.ts";
import { admission, counting } from "./admission.ts";
import { drain } from "./body.ts";
import type { AddressOf } from "./caller-address.ts";
import { descriptions } from "./descriptions.ts";
import type { GatewayMetrics } from "./metrics.ts";
import { rateLimit, retryBudget } from "./rate-limit.ts";
import type { RegistryRoute } from "./registry/registry.ts";
import { registryRoutes } from "./registry-routes.ts";
import { retrying, type Timeouts } from "./retry.ts";
import { routesOf } from "./routes.ts";
import { lastAnswers, type StaleOptions } from "./stale.ts";
import type { Upstreams } from "./upstream.ts";

/** The service whose operations the gateway answers itself, by its rows. */
const OWN = "api";

export type GatewayOptions = {
  readonly upstreams: Upstreams;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  /** Requests a second of one caller; 0 for no limit. */
  readonly rateLimit: number;
  readonly addressOf: AddressOf;
  readonly timeouts?: Timeouts;
  readonly stale?: StaleOptions;
  readonly tracer?: Tracer | undefined;
  readonly keys: readonly PlatformKey[];
  /** The schema registry. */
  readonly registry: readonly RegistryRoute[];
  /** The AsyncAPI document. */
  readonly events: EventsDocument;
};

/** The single entry of the platform: finds out who calls and what they may call, and has the operation's service answer. */
export const gateway = (options: GatewayOptions): Express => {
  const { clock, logger, tracer, timeouts = { read: 10_000, write: 30_000 } } = options;
  const document = apiDocument();
  const routes = routesOf(document);
  const count = counting(rateLimit(options.rateLimit, clock.now), options.metrics, options.addressOf);
  const admit = admission(options.identity, count);
  const forward = retrying({ ...options, timeouts, budget: retryBudget(), answers: lastAnswers(clock.now, options.stale) });

  /** The way of a request from its head to its answer, unless it is the gateway's own to answer. */
  const answer = async (request: Request, response: Response): Promise<Problem | "own" | undefined> => {
    const route = routes.find(request.method, request.path);
    if (!route) return unserved(request.method, request.path);
    local(response).operation = route.name;
    const traceparent = traceOf(tracer, route.name, request, response);
    const caller = await admit(route, request);
    if (isProblem(caller)) return caller;
    if (route.service === OWN) return "own";
    const query = request.originalUrl.includes("?") ? request.originalUrl.slice(request.originalUrl.indexOf("?")) : "";
    return forward({ route, request, response, caller, query, traceparent, requestId: local(response).requestId ?? "" });
  };
  const answered: RequestHandler = async (request, response, next) => {
    const problem = await answer(request, response);
    if (problem === "own") return next();
    if (problem) sendProblem(request, response, problem);
    drain(request);
  };
  return express()
    .disable("x-powered-by")
    .set("query parser", "simple")
    .set("etag", false)
    .use(
      identified,
      descriptions(document, options.events, routes),
      registryRoutes(options.registry, { identity: options.identity, count }),
      answered,
    )
    .use(failed(logger));
};

/** What express keeps about a request; shared with the application that this one is mounted in. */
const local = (response: Response) => response.locals as { requestId?: string; operation?: string }; // Express leaves it to the application.

const identified: RequestHandler = (request, response, next) => {
  local(response).requestId ??= saneRequestId(request.get("x-request-id")) ?? randomUUID();
  response.set("X-Request-Id", local(response).requestId);
  next();
};

const unserved = (method: string, path: string): Problem =>
  /^\/v1(\/|$)/.test(path) ? makeProblem("not_implemented", `${method} ${path}`) : makeProblem("route_not_found", path);

/** Answers what was thrown: outages, and bugs, of which nothing is shown. */
const failed =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const about = { error, correlationId: local(response).requestId, operation: local(response).operation };
    drain(request);
    if (response.headersSent) {
      logger.warn(about, "an answer broke off");
      return void response.destroy();
    }
    if (isOutage(error)) logger.warn(about, "a request could not be answered for now");
    else logger.error(about, "a request failed");
    sendProblem(request, response, makeProblem(isOutage(error) ? "unavailable" : "internal_error"));
  };
