import type { OperationDescription, OperationId } from "../../../schemas/generated/http.ts";
import { Refused, refusals } from "./errors.ts";

export type Fields = { readonly [name: string]: unknown };

/** A request as its row gets it: query and body merged. */
export type ReadRequest = { readonly operation: OperationId; readonly fields: Fields };

/** A query without its empty values, which count as absent. */
export const withoutEmpty = (query: Fields): Fields =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const left = Array.isArray(value) ? value.filter((each) => each !== "") : value;
      return left === "" || left === undefined || (Array.isArray(left) && left.length === 0) ? [] : [[name, left]];
    }),
  );

/** How deep the body of a request may nest: whoever walks it later must not fall over. */
const DEEPEST = 64;

/** A body without its nulls, which count as absent, at every depth. */
export const withoutNulls = (value: unknown, deeper = DEEPEST): unknown => {
  if (value === null || typeof value !== "object") return value;
  if (deeper === 0) throw new Refused(refusals.unreadable(`the body nests more than ${DEEPEST} levels`));
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, deeper - 1));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => (field === null ? [] : [[name, withoutNulls(field, deeper - 1)]])),
  );
};

/** Refuses a request in which something required is absent or empty. */
export const checkRequired = ({ required }: OperationDescription, fields: Fields): void => {
  const missing = required.find((name) => isEmpty(fields[name]));
  if (missing !== undefined) throw new Refused(refusals.missing(missing));
};

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && (value.length === 0 || value.every((each) => each === "")));

/** Object fields named by a string, where the value may be anything. */
export const isFields = (value: unknown): value is Fields => value !== null && typeof value === "object" && !Array.isArray(value);

/** What an answer leaves out: defaults, as Protocol Buffers' JSON does. */
export const compact = (answer: unknown): unknown => {
  if (!isFields(answer)) return answer;
  const { total_count, ...rest } = answer;
  const body = withoutDefaults(rest);
  return total_count === undefined || total_count === 0 ? body : { total_count, ...(isFields(body) ? body : {}) };
};

const withoutDefaults = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isFields(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const absent = field === undefined || field === null || (Array.isArray(field) && field.length === 0);
      return absent ? [] : [[name, withoutDefaults(field)]];
    }),
  );
};
