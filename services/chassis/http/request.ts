import express, { type Request, type RequestHandler, type Response } from "express";
import type { Actor } from "../../../events/index.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import type { Caller } from "../access/access.ts";
import { type ApiDocument, bodyLimit, operationsWithForms } from "./document.ts";
import { type Fields, isEmpty, isFields, isTooDeep, MAX_DEPTH, withoutEmpty, withoutNulls } from "./fields.ts";
import { makeProblem, type Problem } from "./problems.ts";
import { validator } from "./validator.ts";

/** A request whose caller is known and whose fields are checked. */
export type CheckedRequest = {
  readonly request: Request;
  readonly fields: Fields;
  readonly caller: Caller | undefined;
  readonly requestId: string;
  readonly traceparent: string | null;
};

/** Who caused what a request does; the user id is empty in public operations. */
export const actorOf = (caller: Caller | undefined): Actor => ({ userId: caller?.userId ?? "", ownerPath: caller?.ownerPath ?? "" });

/** Reads the requests of operations: bodies within their limit, and fields as the contract has them. */
export const requestReader = (document: ApiDocument) => {
  const limitOf = bodyLimit(document);
  const forms = operationsWithForms(document);
  const check = validator(document);
  const json = new Map<number, RequestHandler>();
  const form = express.urlencoded({ extended: false, limit: limitOf("") });

  const parserOf = (operation: string, request: Request): RequestHandler => {
    if (forms.has(operation) && request.is("application/x-www-form-urlencoded")) return form;
    const limit = limitOf(operation);
    const parser = json.get(limit) ?? express.json({ limit, verify: (_request, _response, body) => refuseManyValues(body) });
    json.set(limit, parser);
    return parser;
  };
  return {
    /** Bytes that a request's body may take. */
    bytesOf: (operation: string, request: Request): number => {
      const limit = limitOf(operation);
      return hasBody(request) ? Math.min(limit, Number(request.get("content-length") ?? limit)) : 0;
    },
    /** Query, body and path in one, checked against the contract. Throws the errors of the body parser. */
    read: async (operation: OperationId, request: Request, response: Response, inPath: Fields): Promise<Fields | Problem> => {
      const description = operations[operation];
      // What nothing is expected of is not read: a webhook sends what it likes.
      if (description.body) await parsed(parserOf(operation, request), request, response);
      const query = withoutEmpty(request.query);
      let body: unknown;
      if (description.body) {
        if (hasBody(request) && request.body === undefined) return makeProblem("unsupported_media_type", "application/json");
        if (isTooDeep(request.body)) return makeProblem("request_parse_failed", `the body nests more than ${MAX_DEPTH} levels`);
        body = withoutNulls(request.body ?? {});
        if (!isFields(body)) return makeProblem("request_parse_failed", "the body is not a JSON object");
      }
      const given = { ...query, ...(isFields(body) && body) };
      const missing = description.required.find((name) => isEmpty(given[name]));
      if (missing !== undefined) return makeProblem("missing_parameter", missing);
      return check(operation, { query, inPath, body }) ?? { ...query, ...(isFields(body) && body), ...inPath };
    },
  };
};

/** Values that a body may hold; a parser takes far more time and memory for many small ones than for a long text. */
const MAX_VALUES = 200_000;
/** A body with too many values, which is not parsed. */
class TooManyValues extends Error {
  readonly type = "entity.values.too.many";
  readonly limit = MAX_VALUES;
}
/** Lists, maps and items are counted wherever their signs are: base64 has none of them, and other texts are short. */
const refuseManyValues = (body: Buffer): void => {
  let left = MAX_VALUES;
  for (const sign of "[{,")
    for (let at = body.indexOf(sign); at >= 0; at = body.indexOf(sign, at + 1)) if (--left < 0) throw new TooManyValues();
};

const hasBody = (request: Request): boolean =>
  Number(request.get("content-length") ?? 0) > 0 || request.get("transfer-encoding") !== undefined;

const parsed = (parser: RequestHandler, request: Request, response: Response): Promise<void> =>
  new Promise((resolve, reject) => void parser(request, response, (error?: unknown) => (error ? reject(error) : resolve())));
