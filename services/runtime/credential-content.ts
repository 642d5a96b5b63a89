import { Ajv, type ErrorObject } from "ajv";
import type { Rejection } from "../../events/index.ts";
import { PackageError } from "../packages/package-error.ts";
import { readYaml } from "../packages/yaml.ts";

/** The most values that the content of a credential may have. */
const MAX_VALUES = 10_000;

/**
 * What is wrong with the content of a credential by the schema that its provider announced; undefined if nothing is. The content is YAML, or
 * JSON where the schema's `contentMediaType` says so.
 */
export const unfitContent = (provider: string, schema: string, content: string): Rejection | undefined => {
  const { contentMediaType, ...rules } = JSON.parse(schema);
  const isFit = new Ajv({ strict: false, validateSchema: false }).compile(rules);
  try {
    const value = contentMediaType === "application/json" ? readJson(content) : readYaml(content, "it", MAX_VALUES);
    if (isFit(value)) return undefined;
    return unfit(provider, sentenceOf(isFit.errors?.[0]));
  } catch (error) {
    if (error instanceof PackageError) return unfit(provider, error.message);
    throw error;
  }
};

const readJson = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new PackageError("it is not JSON", { cause });
  }
};

const unfit = (provider: string, reason: string): Rejection => ({
  rejected: `provider [${provider}] does not take this credential: ${reason}`,
  kind: "invalid",
  error: "validate_failed",
});

/** Names the place and the rule, and never the value: it is a secret. */
const sentenceOf = (error: ErrorObject | undefined): string => {
  const place = error?.instancePath.slice(1).replaceAll("/", ".");
  const what = error?.keyword === "false schema" ? "is not allowed" : (error?.message ?? "is not valid");
  return place ? `${place} ${what}` : `it ${what}`;
};
