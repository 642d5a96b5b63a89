import { FAILSAFE_SCHEMA, load, Type, YAMLException } from "js-yaml";
import { isDeeperThan, isObject, type Json, maximumDepth, parseJson } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/** Values that one text may hold: the time and the memory that reading takes go by them. */
export const mostValues = 2_000_000;

/** YAML as a person wrote it: `1.10` stays that text, since a version is no number. Aliases may not multiply. */
export const readYaml = (source: string, subject: string, most = mostValues): Json => {
  const json = asJson(source, subject, most);
  if (json !== undefined) return json;
  let values = 0;
  const listener = (event: string): void => {
    if (event === "open" && ++values > most) throw tooMany(subject, most);
  };
  try {
    const value = (load(source, { schema, listener, maxDepth: 100 } as object) ?? null) as Json; // The schema makes texts, booleans, null, lists and maps.
    if (weight(value, source.length + 1_000) <= 0) throw new YAMLException("its aliases multiply into something far larger than itself");
    return value;
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError(`${subject} is not YAML: ${reasonOf(cause)}`, { cause });
  }
};

const scalar = (name: string, words: readonly string[], construct: (word: string) => Json): Type =>
  new Type(`tag:yaml.org,2002:${name}`, { kind: "scalar", resolve: (word: string | null) => words.includes(word ?? ""), construct });

/** YAML 1.2's core schema without its numbers, and with merge keys. */
const schema = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar("null", ["", "~", "null", "Null", "NULL"], () => null),
    scalar("bool", ["true", "True", "TRUE", "false", "False", "FALSE"], (word) => word.toLowerCase() === "true"),
    scalar("merge", ["<<"], (word) => word),
  ],
});

/** JSON is YAML, and read many times faster. */
const asJson = (source: string, subject: string, most: number): Json | undefined => {
  if (!/^\s*\{/.test(source)) return undefined;
  if (holdsMore(source, most)) throw tooMany(subject, most);
  let value: Json;
  try {
    value = parseJson(source);
  } catch {
    return undefined;
  }
  if (isDeeperThan(value, maximumDepth)) throw new PackageError(`${subject} is nested too deep`);
  return value;
};

const tooMany = (subject: string, most: number) => new PackageError(`${subject} holds more than ${most} values`);

/** Are there more lists, maps and items in a JSON text? */
const holdsMore = (json: string, most: number): boolean => {
  let values = 0;
  let inText = false;
  for (let at = 0; at < json.length && values <= most; at++) {
    const letter = json[at];
    if (letter === '"') inText = !inText;
    else if (inText) at += letter === "\\" ? 1 : 0;
    else if (letter === "," || letter === "[" || letter === "{") values++;
  }
  return values > most;
};

/** What is left of the allowance after every value and its letters are counted, shared ones as often as they appear. */
const weight = (value: Json, allowance: number): number => {
  let left = allowance - 1 - (typeof value === "string" ? value.length : 0);
  if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) {
      left = weight(item, isObject(value) ? left - key.length : left);
      if (left <= 0) return left;
    }
  return left;
};
