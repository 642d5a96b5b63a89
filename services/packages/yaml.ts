import { FAILSAFE_SCHEMA, load, Type, YAMLException } from "js-yaml";
import { type Json, parseJson } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/** YAML as a person wrote it: `1.10` stays that text, since a version is no number. Aliases may not multiply. */
export const readYaml = (source: string, subject: string): Json => {
  const json = asJson(source);
  if (json !== undefined) return json;
  try {
    const value = (load(source, { schema, maxDepth: 100 } as object) ?? null) as Json; // The schema makes texts, booleans, null, lists and maps.
    if (weight(value, source.length + 1_000) <= 0) throw new YAMLException("its aliases multiply into something far larger than itself");
    return value;
  } catch (cause) {
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
const asJson = (source: string): Json | undefined => {
  if (!source.trimStart().startsWith("{")) return undefined;
  try {
    return parseJson(source);
  } catch {
    return undefined;
  }
};

/** What is left of the allowance after every value is counted, shared ones as often as they appear. */
const weight = (value: Json, allowance: number): number => {
  let left = allowance - 1;
  if (typeof value === "object" && value !== null)
    for (const item of Object.values(value)) {
      left = weight(item, left);
      if (left <= 0) return left;
    }
  return left;
};
