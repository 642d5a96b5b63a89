import type { Request, Response } from "express";
import type { Span, Tracer } from "../../../events/index.ts";
import { saneTraceparent } from "./ids.ts";

/** The trace of a request; shared by the gateway's application and the application that it is mounted in. */
const local = (response: Response) => response.locals as { traceparent?: string | null }; // Express leaves it to the application.

/** The trace of a request. With a tracer, the request has a span of its own until the answer has ended; without one, the trace is the caller's. */
export const traceOf = (tracer: Tracer | undefined, operation: string, request: Request, response: Response): string | null => {
  const known = local(response).traceparent;
  if (known !== undefined) return known;
  const parent = saneTraceparent(request.get("traceparent"));
  const span = tracer?.({ name: operation, kind: "server", attributes: attributesOf(request, operation) }, parent);
  if (span) response.once("close", () => end(span, response));
  local(response).traceparent = span ? span.traceparent : parent;
  return span ? span.traceparent : parent;
};

const attributesOf = (request: Request, operation: string) => ({
  "http.request.method": request.method,
  "url.scheme": request.protocol,
  "url.path": request.path,
  "pitrix.operation": operation,
});

const end = (span: Span, { statusCode, writableFinished, locals }: Response): void => {
  span.add({ "http.response.status_code": statusCode, "pitrix.correlation_id": String(locals.requestId ?? "") });
  if (!writableFinished) span.end(new Error("the caller left before the answer"));
  else span.end(statusCode >= 500 ? new Error(`answered ${statusCode}`) : undefined);
};
