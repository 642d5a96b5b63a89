import { randomUUID } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { isOutage } from "../../../events/index.ts";
import { InvalidEvent } from "../../../events/runtime.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { callerOf } from "./authentication.ts";
import { apiDocument, operationsWithBytes, operationsWithForms } from "./document.ts";
import { bodyOf, localeOf, type Refusal, Refused, refusals, statusOf } from "./errors.ts";
import { FILES } from "./files.ts";
import type { Host } from "./host.ts";
import { saneRequestId } from "./ids.ts";
import { internalRoutes } from "./internal.ts";
import { perform } from "./operations.ts";
import { checkRequired, type Fields, isFields, withoutEmpty, withoutNulls } from "./requests.ts";
import { room } from "./room.ts";
import { routesOf } from "./routes.ts";
import type { HttpRow } from "./rows.ts";
import { traceOf } from "./span.ts";
import { STREAMS } from "./streams.ts";
import { validator } from "./validator.ts";

const LIMIT = 1024 * 1024;
/** Packages travel as base64 in JSON. */
const LIMIT_WITH_BYTES = 64 * LIMIT;
/** What a service answers at once. A body takes several times its bytes of the heap: read, parsed, checked, hashed and committed. */
const ROOM = { requests: 128, bytes: Math.min(96 * LIMIT, getHeapStatistics().heap_size_limit / 16), waiting: 256, milliseconds: 5_000 };
/** What it hands on at once, without keeping it. */
const ROOM_BEFORE = { requests: 1_024, waiting: 1_024, milliseconds: 5_000 };

/** The HTTP side of a service: the interpreter of its rows. `more` comes before them; `inside`: with what is for those who operate it. */
export const app = (host: Host, more?: RequestHandler, inside = true): Express => {
  const application = express().disable("x-powered-by").set("query parser", "simple").set("etag", false);
  application.use(begin(host), addressed(host), ...(inside ? [internalRoutes(host)] : []));
  if (more) application.use(room(host.ports.clock, ROOM_BEFORE).enter(), more);
  return application.use(...answering(host), noRoute).use(failed(host));
};

/** What the steps hand on about a request. */
const local = (response: Response) =>
  response.locals as {
    requestId: string;
    operation?: OperationId;
    row?: HttpRow;
    /** What stands in the path. */
    inPath?: Fields;
    caller?: Awaited<ReturnType<typeof callerOf>>;
  }; // Express leaves it to the application.

/** Every answer has a request id, and is counted. */
const begin =
  ({ metrics, logger, ports }: Host): RequestHandler =>
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
    next();
  };

/** A request that discovery sent to the wrong process says for whom it is. */
const addressed =
  ({ instance }: Host): RequestHandler =>
  (request, _response, next) => {
    const meant = request.get("pitrix-service");
    if (meant && meant !== instance.service.name) throw new Refused(refusals.misdirected(meant));
    next();
  };

const answering = (host: Host): readonly RequestHandler[] => {
  const rows = host.service.http ?? [];
  const document = apiDocument();
  const large = operationsWithBytes(document);
  const forms = operationsWithForms(document);
  const routes = routesOf(rows);

  const { clock } = host.ports;
  const usual = room(clock, ROOM);
  const rooms: { readonly [kind: string]: typeof usual } = { bytes: room(clock, FILES), stream: room(clock, STREAMS) };
  const roomFor = (response: Response) => rooms[local(response).row?.kind ?? ""] ?? usual;
  const bytesOf = (request: Request, response: Response): number => {
    const most = large.has(local(response).operation ?? "") ? LIMIT_WITH_BYTES : LIMIT;
    return hasBody(request) ? Math.min(most, Number(request.get("content-length") ?? most)) : 0;
  };
  const enter: RequestHandler = (request, response, next) => roomFor(response).enter(bytesOf)(request, response, next);
  const route: RequestHandler = (request, response, next) => {
    const { methods, inPath } = routes(request.path) ?? {};
    const row = methods?.get(request.method.toLowerCase());
    if (methods && !row) throw new Refused(refusals.noMethod(request.method, [...methods.keys()].join(", ").toUpperCase()));
    if (!row) throw new Refused(refusals.noRoute(request.path));
    Object.assign(local(response), { row, operation: row.operation, inPath });
    traceOf(host.tracer, row.operation, request, response);
    next();
  };
  const authenticate: RequestHandler = async (request, response, next) => {
    const { row } = local(response);
    if (row) Object.assign(local(response), { caller: await callerOf(host, row.operation, request) });
    next();
  };
  const jsonBody = { true: express.json({ limit: LIMIT_WITH_BYTES }), false: express.json({ limit: LIMIT }) };
  const formBody = express.urlencoded({ extended: false, limit: LIMIT });
  const parse: RequestHandler = (request, response, next) => {
    const { operation = "" } = local(response);
    if (forms.has(operation) && request.is("application/x-www-form-urlencoded")) return formBody(request, response, next);
    jsonBody[`${large.has(operation)}`](request, response, next);
  };
  const tidy: RequestHandler = (request, response, next) => {
    const { operation } = local(response);
    if (!operation) return next();
    const description = operations[operation];
    if (description.body) {
      if (hasBody(request) && request.body === undefined) throw new Refused(refusals.mediaType("application/json"));
      request.body = withoutNulls(request.body ?? {});
      if (!isFields(request.body)) throw new Refused(refusals.unreadable("the body is no JSON object"));
      if (!hasBody(request)) request.headers["content-type"] = "application/json";
    }
    // Express computes the query from the URL each time; from here on it is this one.
    Object.defineProperty(request, "query", { value: withoutEmpty(request.query), writable: true, configurable: true });
    checkRequired(description, description.body ? { ...request.query, ...request.body } : request.query);
    next();
  };
  const check = validator(document);
  const validate: RequestHandler = (request, response, next) => {
    const { operation, inPath = {} } = local(response);
    if (operation) check(operation, { query: request.query, inPath, body: request.body });
    next();
  };
  const run: RequestHandler = async (request, response) => {
    const { row, caller, requestId, inPath } = local(response);
    if (!row) return;
    const fields = { ...request.query, ...(isFields(request.body) ? request.body : {}), ...inPath };
    const traceparent = traceOf(host.tracer, row.operation, request, response);
    await roomFor(response).during(response, () => perform(host, row, { request, fields, caller, requestId, traceparent }, response));
  };
  return rows.length === 0 ? [] : [route, enter, authenticate, parse, tidy, validate, run];
};

const hasBody = (request: Request): boolean =>
  Number(request.get("content-length") ?? 0) > 0 || request.get("transfer-encoding") !== undefined;

const noRoute: RequestHandler = (request) => {
  throw new Refused(refusals.noRoute(request.path));
};

/** Every error, in the one shape. What is no refusal is logged here, once, and tells nothing of the inside. */
const failed =
  ({ logger }: Host): ErrorRequestHandler =>
  (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const { requestId: correlationId, operation } = local(response);
    if (response.headersSent) {
      logger.warn({ error, correlationId, operation }, "an answer broke off");
      return void response.destroy();
    }
    const refusal = refusalOf(error);
    if (refusal.code === 13) logger.error({ error, correlationId, operation }, "a request failed");
    else if (refusal.name === "unavailable") logger.warn({ error, correlationId, operation }, "a request could not be answered for now");
    response.status(statusOf(refusal)).set(refusal.headers ?? {});
    response.json(bodyOf(refusal, localeOf(request.get("accept-language"))));
  };

const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refused) return error.refusal;
  if (isOutage(error)) return refusals.unavailable();
  // What a decider made of the request does not fit into an event.
  if (error instanceof InvalidEvent && /\d bytes/.test(error.message)) return refusals.tooLarge("an event may be");
  const type: unknown = error instanceof Error ? Reflect.get(error, "type") : undefined;
  if (type === "entity.too.large") return refusals.tooLarge(`${Reflect.get(Object(error), "limit")} bytes`);
  if (type === "entity.parse.failed") return refusals.unreadable("the body is no JSON");
  if (type === "charset.unsupported" || type === "encoding.unsupported")
    return refusals.mediaType("UTF-8, or compressed by gzip or deflate");
  if (typeof type === "string" && /^(entity|request|parameters)\./.test(type)) return refusals.unreadable(type);
  return refusals.internal();
};
