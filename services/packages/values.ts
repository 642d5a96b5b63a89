import { isDeeperThan, isObject, type Json, type JsonObject, maximumDepth, parseJson } from "./json.ts";
import { PackageError } from "./package-error.ts";
import { readValues } from "./yaml.ts";

/** Maximum values in the values of a chart. */
const MAX_VALUES = 100_000;

/** The longest configuration that a request may have (`Document` in `v1.yaml`). A cluster has none that could not be sent again. */
export const MAX_CONFIGURATION = 65_536;

/**
 * The values of a release (JSON) with a user's (JSON or YAML) laid over them, as helm lays one file of values over another: maps are merged; anything
 * else of the user's, null too, takes the place of what was there. The result is JSON, or the user's text if there is nothing below it. Throws a
 * PackageError for what would not be the same number or word for helm.
 */
export const valuesOver = (release: string, given: string): string => {
  const below = parseJson(release);
  if (isDeeperThan(below, maximumDepth)) throw new PackageError("the values of the release are nested too deep");
  if (!isObject(below) || Object.keys(below).length === 0) return given;
  const above = given.trim() === "" ? {} : readValues(given, "the configuration", MAX_VALUES);
  if (!isObject(above)) throw new PackageError("the configuration is not a map in YAML or JSON");
  const merged = over(below, above);
  refuseInexact(merged, "values");
  return JSON.stringify(merged);
};

const over = (below: JsonObject, above: JsonObject): JsonObject =>
  Object.fromEntries([
    ...Object.entries(below),
    ...Object.entries(above).map(([key, value]): [string, Json] => {
      const before = Object.hasOwn(below, key) ? below[key] : undefined;
      return [key, isObject(before) && isObject(value) ? over(before, value) : value];
    }),
  ]);

/** Whole numbers beyond 2^53 lose digits here. */
const refuseInexact = (value: Json, path: string): void => {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new PackageError(`the number at ${path.slice(0, 255)} is too large to be kept exactly: it has to be a text`);
  if (typeof value === "object" && value !== null) for (const [name, item] of Object.entries(value)) refuseInexact(item, `${path}.${name}`);
};
