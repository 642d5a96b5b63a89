import type { RequestHandler } from "express";
import { middleware, error as validation } from "express-openapi-validator";
import { type ApiDocument, partOf } from "./document.ts";
import { type Refusal, Refused, refusals } from "./errors.ts";

/** Checks requests against the part of the contract that a service answers. */
export const validator = (document: ApiDocument, operations: ReadonlySet<string>): readonly RequestHandler[] =>
  [
    middleware({
      // The validator changes the document that it is given.
      apiSpec: structuredClone(partOf(document, operations)) as never, // The contract's own tests check that it is OpenAPI.
      validateApiSpec: false,
      validateRequests: { allowUnknownQueryParameters: true, coerceTypes: false },
      validateResponses: false,
      validateSecurity: false,
      fileUploader: false,
    }),
  ].flat();

type Complaint = { readonly path: string; readonly message: string; readonly errorCode?: string };

/** What the validator complains of, as clients expect it. Undefined: it was not the validator. */
export const refusalIn = (error: unknown): Refusal | undefined => {
  if (error instanceof validation.UnsupportedMediaType) return refusals.mediaType("application/json");
  if (error instanceof validation.NotFound) return refusals.noRoute(error.path);
  if (!(error instanceof validation.BadRequest)) return undefined;
  const complaints: readonly Complaint[] = error.errors;
  const [first] = complaints;
  const name = (first?.path ?? "").replace(/^\/(body|query|params|headers)\/?/, "").replaceAll("/", ".") || "body";
  const cause = complaints.map(({ path, message }) => `${path} ${message}`).join("; ");
  if (first?.errorCode?.startsWith("required")) return refusals.missing(name, cause);
  return (first?.errorCode?.startsWith("enum") ? refusals.unsupported : refusals.malformed)(name, cause);
};

export const refuseInvalid = (error: unknown): unknown => {
  const refusal = refusalIn(error);
  return refusal ? new Refused(refusal) : error;
};
