import { checkConfiguration } from "./devkit-check.ts";
import { lookUp, passwordKeys, readConfigurationSchema, readUserConfiguration } from "./devkit-configuration.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { PackageError } from "./package-error.ts";
import { holdsMarker, markerOf, SHOWN, someText } from "./secret-markers.ts";
import { readYaml } from "./yaml.ts";

/** A configuration with markers, and by their path the secrets that it was given with. */
export type Separated = { readonly configuration: string; readonly secrets: ReadonlyMap<string, string> };

const MAX_SECRETS = 100;
/** Maximum values in the configuration of a chart. */
const MAX_VALUES = 100_000;

/**
 * Takes the secrets out of a user's configuration: the values of settings of type `password`, and of a chart the whole text. Checks them
 * before, since nobody can afterwards. Asterisks in the place of a secret become its marker without a secret: the present one stays.
 */
export const separateSecrets = (versionType: string, configJson: string, conf: string): Separated | { readonly rejected: string } => {
  try {
    return versionType === "helm" ? ofChart(conf) : ofDevkit(configJson, conf);
  } catch (cause) {
    if (cause instanceof PackageError) return { rejected: cause.message };
    throw cause;
  }
};

const ofChart = (values: string): Separated => {
  if (holdsMarker(values)) throw forged();
  if (values.trim() === "") return { configuration: values, secrets: new Map() };
  if (values.trim() !== SHOWN && !isObject(readYaml(values, "the configuration", MAX_VALUES)))
    throw new PackageError("the configuration is not a map in YAML or JSON");
  return { configuration: markerOf(""), secrets: new Map(values.trim() === SHOWN ? [] : [["", values]]) };
};

const ofDevkit = (configJson: string, conf: string): Separated => {
  const given = readUserConfiguration(conf);
  if (someText(given, holdsMarker)) throw forged();
  const schema = readConfigurationSchema(configJson);
  const paths = new Set(passwordKeys(schema));
  const user = replaced(given, (path, value) => (paths.has(path) && value === SHOWN ? markerOf(path) : value));
  const problems = checkConfiguration(schema, user);
  if (problems.length > 0) throw new PackageError(problems.map(({ message }) => message).join("; "));
  const secrets = new Map<string, string>();
  for (const path of paths) {
    const value = lookUp(user, path);
    if (typeof value === "string" && value !== "" && value !== markerOf(path)) secrets.set(path, value);
  }
  if (secrets.size > MAX_SECRETS) throw new PackageError(`the configuration has more than ${MAX_SECRETS} passwords`);
  // Also where a path is given twice, and the other one counts.
  const marked = replaced(user, (path, value) => (paths.has(path) && value !== null && value !== "" ? markerOf(path) : value));
  // Written anew: the text may have named a setting twice, the password first.
  return { configuration: conf.trim() === "" ? conf : JSON.stringify(marked), secrets };
};

/** The configuration with what `change` makes of the value at each dotted path. A key may itself hold dots. */
const replaced = (tree: JsonObject, change: (path: string, value: Json) => Json, prefix = ""): JsonObject =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]): [string, Json] => {
      const changed = change(prefix + key, value);
      return [key, changed === value && isObject(value) ? replaced(value, change, `${prefix}${key}.`) : changed];
    }),
  );

const forged = (): PackageError =>
  new PackageError(`the configuration holds the text ${JSON.stringify("<secret:")}, which stands for secrets`);
