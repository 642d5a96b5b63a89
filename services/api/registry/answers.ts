/** What a schema registry answers. `immutable`: the same request has this answer for ever. */
export type Answer = { readonly status: number; readonly body: unknown; readonly immutable?: true };

/** The errors that clients of Confluent's registry know, by their code; the first three digits are the status. */
const errors = {
  40401: "Subject '%s' not found.",
  40402: "Version %s not found.",
  40403: "Schema %s not found",
  40408: "Subject '%s' does not have subject-level compatibility configured",
  40409: "Subject '%s' does not have subject-level mode configured",
  42201: "Invalid schema: %s",
  42202: "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"",
  42203: "Invalid compatibility level: %s",
  42204: "Invalid mode: %s",
  42205: "Operation not permitted: %s",
  40101: "%s",
  40301: "%s",
  404: "there is no %s",
  405: "%s is not possible here",
  409: "Schema being registered is incompatible with an earlier schema: %s",
  413: "the request is larger than %s",
  429: "too many requests: try again in %s s",
} as const;

export type ErrorCode = keyof typeof errors;

export const found = (body: unknown): Answer => ({ status: 200, body });
export const forEver = (body: unknown): Answer => ({ status: 200, body, immutable: true });

/** An error in the shape of Confluent's registry: `{ error_code, message }`. */
export const failed = (code: ErrorCode, about: string | number = ""): Answer => ({
  status: Number(String(code).slice(0, 3)),
  body: { error_code: Number(code), message: errors[code].replace("%s", () => String(about)) },
});
