import { isObject, type Json } from "../../packages/json.ts";
import { SHOWN } from "../../packages/secret-markers.ts";
import { readYaml } from "../../packages/yaml.ts";

/** Keys whose values nobody is to see. */
const secretKey = /pass|secret|token|key|credential|private|cert/i;
/** Shorter values stand in too many words. */
const SHORTEST = 4;
const MAX_VALUES = 100_000;

/** A text with asterisks in the places of what the user's values have under the name of a secret. */
export const hiddenIn = (values: string, text: string): string =>
  secretsIn(readYaml(values, "the values", MAX_VALUES), false)
    .filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, SHOWN), text);

const secretsIn = (value: Json, isSecret: boolean): readonly string[] => {
  if (typeof value === "string" || typeof value === "number") return isSecret ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => secretsIn(item, isSecret));
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => secretsIn(item, isSecret || secretKey.test(key))) : [];
};
