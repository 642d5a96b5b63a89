import { type RequestHandler, Router } from "express";
import { middleware, error as validation } from "express-openapi-validator";
import { type ApiDocument, partOf } from "./document.ts";
import { type Refusal, Refused, refusals } from "./errors.ts";

/**
 * Checks a request against its operation in the contract. Each operation has a validator of its own, made when it is first asked for: one for
 * all would compile the pattern of every path for every request, until one fits.
 */
export const validator = (document: ApiDocument): ((operation: string) => RequestHandler) => {
  const made = new Map<string, RequestHandler>();
  return (operation) => {
    const validate = made.get(operation) ?? Router().use(validatorOf(partOf(document, new Set([operation]))));
    made.set(operation, validate);
    return validate;
  };
};

const validatorOf = (document: ApiDocument): RequestHandler[] =>
  middleware({
    // The validator changes the document that it is given.
    apiSpec: structuredClone(document) as never, // The contract's own tests check that it is OpenAPI.
    validateApiSpec: false,
    validateRequests: { allowUnknownQueryParameters: true, coerceTypes: false },
    validateResponses: false,
    validateSecurity: false,
    fileUploader: false,
  }).flat();

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
