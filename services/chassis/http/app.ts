import { randomUUID } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response, Router } from "express";
import { isOutage } from "../../../events/index.ts";
import { EventTooLarge } from "../../../events/runtime.ts";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { callerOf } from "./authentication.ts";
import { bulkhead } from "./bulkhead.ts";
import { runCommand } from "./command.ts";
import { apiDocument, operationsAnsweringFiles } from "./document.ts";
import { FILES } from "./files.ts";
import type { Host } from "./host.ts";
import { saneRequestId } from "./ids.ts";
import { addRoutes, type InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem, sendProblem } from "./problems.ts";
import { runReading } from "./reading.ts";
import { requestReader } from "./request.ts";
import { routesOf } from "./routes.ts";
import { traceOf } from "./span.ts";
import { STREAMS, streamsOfUsers } from "./streams.ts";

const MEBIBYTE = 1024 * 1024;
/** Requests in flight. A body takes several times its bytes of the heap: it is read, parsed, checked, hashed and committed. */
const REQUESTS = {
  requests: 128,
  bytes: Math.min(96 * MEBIBYTE, getHeapStatistics().heap_size_limit / 16),
  waiting: 256,
  milliseconds: 5_000,
};
/** Requests in flight that are passed on and not kept. */
const PASSED_ON = { requests: 1_024, waiting: 1_024, milliseconds: 5_000 };

/** The HTTP side of a service: the interpreter of its rows. `before` answers first; `internal`: the routes for the platform itself. */
export const app = (host: Host, before?: RequestHandler, internal: readonly InternalRoute[] = []): Express => {
  const application = express().disable("x-powered-by").set("query parser", "simple").set("etag", false);
  application.use(begun(host), addRoutes(Router(), host, internal));
  if (before) application.use(bounded(host), before);
  return application.use(answered(host)).use(failed(host));
};

/** What express keeps about a request; shared with the application that is mounted in this one. */
const local = (response: Response) => response.locals as { requestId: string; operation?: OperationId }; // Express leaves it to the application.

/** Gives every request an id, counts it, and sends away what discovery has sent to the wrong process. */
const begun =
  ({ instance, metrics, logger, ports }: Host): RequestHandler =>
  (request, response, next) => {
    const at = ports.clock.now();
    const requestId = saneRequestId(request.get("x-request-id")) ?? randomUUID();
    local(response).requestId = requestId;
    response.set("X-Request-Id", requestId);
    response.on("finish", () => {
      const operation = local(response).operation ?? "-";
      const milliseconds = ports.clock.now() - at;
      metrics.requests.observe({ operation, status: String(response.statusCode) }, milliseconds / 1_000);
      logger.debug(
        { correlationId: requestId, operation, method: request.method, path: request.path, status: response.statusCode, milliseconds },
        "request",
      );
    });
    const service = request.get("pitrix-service");
    if (service && service !== instance.service.name) return sendProblem(request, response, makeProblem("misdirected_request", service));
    next();
  };

const bounded = ({ ports }: Host): RequestHandler => {
  const passedOn = bulkhead(ports.clock, PASSED_ON);
  return async (request, response, next) => {
    const place = await passedOn.enter(response);
    if (isProblem(place)) sendProblem(request, response, place);
    else next();
  };
};

/** The way of a request from its head to its answer. */
const answered = (host: Host): RequestHandler => {
  const { clock } = host.ports;
  const document = apiDocument();
  const routeOf = routesOf(host.service.http ?? []);
  const reader = requestReader(document);
  const usual = bulkhead(clock, REQUESTS);
  const files = bulkhead(clock, FILES);
  const bulkheads: { readonly [kind: string]: typeof usual } = { bytes: files, stream: bulkhead(clock, STREAMS) };
  const answeringFiles = operationsAnsweringFiles(document);
  const opens = streamsOfUsers();

  const answer = async (request: Request, response: Response): Promise<Problem | undefined> => {
    const route = routeOf(request.method, request.path);
    if (isProblem(route)) return route;
    const { row, inPath } = route;
    const { operation } = row;
    local(response).operation = operation;
    if (!host.instance.isWhole()) return makeProblem("unavailable");
    const traceparent = traceOf(host.tracer, operation, request, response);
    const admission = answeringFiles.has(operation) ? files : (bulkheads[row.kind] ?? usual);
    const place = await admission.enter(response, reader.bytesOf(operation, request));
    if (isProblem(place)) return place;
    return place.during(async () => {
      const caller = await callerOf(host.identity, operation, request.get("authorization"));
      if (isProblem(caller)) return caller;
      const tooMany = row.kind === "stream" ? opens(caller?.userId ?? "", response) : undefined;
      if (tooMany) return tooMany;
      const fields = await reader.read(operation, request, response, inPath);
      if (isProblem(fields)) return fields;
      const checked = { request, fields, caller, requestId: local(response).requestId, traceparent };
      return row.kind === "command" ? runCommand(host, row, checked, response) : runReading(host, row, checked, response);
    });
  };
  return async (request, response) => {
    const problem = await answer(request, response);
    if (!problem) return;
    const about = { correlationId: local(response).requestId, operation: local(response).operation, reason: problem.message };
    if (problem.name === "unavailable") host.logger.warn(about, "a request could not be answered for now");
    sendProblem(request, response, problem);
  };
};

/** Answers what was thrown: errors of the body parser, outages, and bugs, of which nothing is shown. */
const failed =
  ({ logger }: Host): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const { requestId: correlationId, operation } = local(response);
    if (response.headersSent) {
      logger.warn({ error, correlationId, operation }, "an answer broke off");
      return void response.destroy();
    }
    const problem = problemBehind(error);
    if (problem.name === "internal_error") logger.error({ error, correlationId, operation }, "a request failed");
    if (problem.name === "unavailable") logger.warn({ error, correlationId, operation }, "a request could not be answered for now");
    sendProblem(request, response, problem);
  };

const problemBehind = (error: unknown): Problem => {
  if (isOutage(error)) return makeProblem("unavailable");
  if (error instanceof EventTooLarge) return makeProblem("request_too_large", "an event may be");
  const type: unknown = error instanceof Error ? Reflect.get(error, "type") : undefined;
  if (type === "entity.too.large") return makeProblem("request_too_large", `${Reflect.get(Object(error), "limit")} bytes`);
  if (type === "entity.values.too.many") return makeProblem("request_too_large", `${Reflect.get(Object(error), "limit")} values`);
  if (type === "entity.parse.failed") return makeProblem("request_parse_failed", "the body is not JSON");
  if (type === "charset.unsupported" || type === "encoding.unsupported")
    return makeProblem("unsupported_media_type", "UTF-8, or compressed by gzip or deflate");
  if (typeof type === "string" && /^(entity|request|parameters)\./.test(type)) return makeProblem("request_parse_failed", type);
  return makeProblem("internal_error");
};
