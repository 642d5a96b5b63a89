import type { ConfigurationProblem, ConfigurationSchema, Section, Setting, UserConfiguration } from "./devkit-configuration.ts";
import { lookUp, properties } from "./devkit-configuration.ts";
import { isObject, type Json } from "./json.ts";
import { markerOf } from "./secret-markers.ts";

/** All problems of a user's configuration, each with its key; empty for a valid configuration. */
export const checkConfiguration = (schema: ConfigurationSchema, user: UserConfiguration): readonly ConfigurationProblem[] =>
  properties(schema).flatMap(({ path, property }) => {
    const value = lookUp(user, path);
    // What a marker stands for was checked when it was sealed.
    if ("type" in property && property.type === "password" && value === markerOf(path)) return [];
    const reason = problem(property, value);
    return reason === undefined ? [] : [{ key: path, message: `${path} ${reason}` }];
  });

const problem = (property: Section | Setting, given: Json | undefined): string | undefined => {
  if ("properties" in property) return given === undefined || isObject(given) ? undefined : "must be an object";
  return given === undefined ? missing(property) : (wrongType(property, given) ?? outOfBounds(property, given));
};

const isText = (setting: Setting): boolean => setting.type === "string" || setting.type === "password";

const missing = (setting: Setting): string | undefined =>
  setting.required && isText(setting) && setting.default === "" ? "is required" : undefined;

const expected: { readonly [type in Setting["type"]]: readonly [(value: Json) => boolean, string] } = {
  array: [(value) => Array.isArray(value) || isObject(value), "a list"],
  string: [(value) => typeof value === "string", "text"],
  password: [(value) => typeof value === "string", "text"],
  integer: [(value) => Number.isSafeInteger(value), "a whole number"],
  number: [(value) => typeof value === "number", "a number"],
  boolean: [(value) => typeof value === "boolean", "true or false"],
};

/** Never repeats the value: it may be a password. */
const wrongType = ({ type }: Setting, value: Json): string | undefined => {
  const [fits, name] = expected[type];
  return fits(value) ? undefined : `must be ${name}`;
};

const outOfBounds = (setting: Setting, value: Json): string | undefined => {
  if (typeof value === "string" && value.includes("\0")) return "must not hold a NUL character";
  // It would be stored, and start a process, as another text.
  if (typeof value === "string" && /\p{Cs}/u.test(value)) return "must not hold half a character";
  const { required, range, min, max, step } = setting;
  if (value === "" && isText(setting)) return required ? "is required" : undefined;
  if (range !== undefined && !range.includes(value)) return `must be one of ${range.join(", ")}`;
  if (typeof value !== "number") return undefined;
  if (min !== undefined && value < min) return `must be at least ${min}`;
  if (max !== undefined && value > max) return `must be at most ${max}`;
  return step !== undefined && value % step !== 0 ? `must be a multiple of ${step}` : undefined;
};
