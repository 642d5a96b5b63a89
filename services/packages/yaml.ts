import { parseDocument, type Tags } from "yaml";
import { type Json, parseJson } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/** YAML as a person wrote it: `1.10` stays that, aliases may not multiply. */
export const readYaml = (source: string, subject: string): Json => {
  const json = asJson(source);
  if (json !== undefined) return json;
  try {
    const document = parseDocument(source, {
      customTags: withoutNumbers,
      logLevel: "silent",
      merge: true,
      schema: "core",
      stringKeys: true,
    });
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    const value: Json = document.toJS({ maxAliasCount: 100 });
    return value;
  } catch (cause) {
    throw new PackageError(`${subject} is not YAML: ${reasonOf(cause)}`, { cause });
  }
};

/** JSON is YAML, and read many times faster. */
const asJson = (source: string): Json | undefined => {
  if (!source.trimStart().startsWith("{")) return undefined;
  try {
    return parseJson(source);
  } catch {
    return undefined;
  }
};

const numbers = new Set(["tag:yaml.org,2002:int", "tag:yaml.org,2002:float"]);
const withoutNumbers = (tags: Tags): Tags => tags.filter((tag) => typeof tag === "string" || !numbers.has(tag.tag));
