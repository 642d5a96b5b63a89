import { randomUUID } from "node:crypto";
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from "express";
import { type Clock, isOutage, type Tracer } from "../../events/index.ts";
import type { Identity } from "../chassis/access/identity.ts";
import { type ApiDocument, apiDocument } from "../chassis/http/document.ts";
import { refusals as known, type Refusal, Refused, statusOf } from "../chassis/http/errors.ts";
import { saneRequestId } from "../chassis/http/ids.ts";
import { traceOf } from "../chassis/http/span.ts";
import type { Logger } from "../chassis/process/logging.ts";
import { admission } from "./admission.ts";
import { linger } from "./body.ts";
import { Abandoned } from "./exchange.ts";
import type { GatewayMetrics } from "./metrics.ts";
import { page } from "./page.ts";
import { proxy, type Timeouts } from "./proxy.ts";
import { rateLimit, retryBudget } from "./rate-limit.ts";
import { errorBody, refusals } from "./refusals.ts";
import { type Routes, routesOf } from "./routes.ts";
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
  readonly timeouts?: Timeouts;
  readonly stale?: StaleOptions;
  readonly tracer?: Tracer | undefined;
};

/** The single entry of the platform: finds out who calls and whether they may, and has the service answer whose operation it is. */
export const gateway = (options: GatewayOptions): Express => {
  const { clock, logger } = options;
  const document = apiDocument();
  const routes = routesOf(document);
  const admit = admission({ ...options, limit: rateLimit(options.rateLimit, clock.now) });
  const timeouts = options.timeouts ?? { read: 10_000, write: 30_000 };
  const forward = proxy({ ...options, timeouts, budget: retryBudget(), answers: lastAnswers(clock.now, options.stale) });

  const answer: RequestHandler = async (request, response, next) => {
    const route = routes.find(request.method, request.path);
    if (!route) throw new Refused(unserved(request.method, request.path));
    local(response).operation = route.name;
    const traceparent = traceOf(options.tracer, route.name, request, response);
    const caller = await admit(route, request);
    if (route.service === OWN) return next();
    const query = request.originalUrl.includes("?") ? request.originalUrl.slice(request.originalUrl.indexOf("?")) : "";
    await forward({ route, request, response, caller, query, traceparent, requestId: local(response).requestId ?? "" });
    linger(request);
  };
  return express()
    .disable("x-powered-by")
    .set("query parser", "simple")
    .set("etag", false)
    .use(identified, ...descriptions(document, routes), answer)
    .use(failed(logger));
};

/** Shared with the application that this one is mounted in. */
const local = (response: Response) => response.locals as { requestId?: string; operation?: string }; // Express leaves it to the application.

const identified: RequestHandler = (request, response, next) => {
  local(response).requestId ??= saneRequestId(request.get("x-request-id")) ?? randomUUID();
  response.set("X-Request-Id", local(response).requestId);
  next();
};

const descriptions = (document: ApiDocument, routes: Routes): readonly RequestHandler[] => {
  const json = JSON.stringify(document);
  const html = page(document, routes.all);
  return [
    (request, response, next) => {
      const wanted = request.method === "GET" || request.method === "HEAD" ? request.path : "";
      if (wanted === "/v1/openapi.json") return void response.type("application/json").send(json);
      if (wanted !== "/") return next();
      response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'").type("html").send(html);
    },
  ];
};

const unserved = (method: string, path: string): Refusal =>
  /^\/v1(\/|$)/.test(path) ? refusals.notImplemented(`${method} ${path}`) : known.noRoute(path);

const failed =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const { requestId: correlationId, operation } = local(response);
    linger(request);
    if (error instanceof Abandoned || isPrematureClose(error)) return;
    if (response.headersSent) {
      logger.warn({ error, correlationId, operation }, "an answer broke off");
      return void response.destroy();
    }
    const refusal = error instanceof Refused ? error.refusal : isOutage(error) ? known.unavailable() : known.internal();
    if (refusal.code === 13) logger.error({ error, correlationId, operation }, "a request failed");
    else if (!(error instanceof Refused)) logger.warn({ error, correlationId, operation }, "a request could not be answered for now");
    response.status(statusOf(refusal)).set(refusal.headers ?? {});
    response.json(errorBody(refusal, request.get("accept-language")));
  };

/** The caller left in the middle of the answer. */
const isPrematureClose = (error: unknown): boolean => error instanceof Error && Reflect.get(error, "code") === "ERR_STREAM_PREMATURE_CLOSE";
