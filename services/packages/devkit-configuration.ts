import { isDeeperThan, isObject, type Json, type JsonObject, maximumDepth, parseJson, text } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/** The settings of a package, from its `config.json`: a tree of sections with settings as leaves. */
export type ConfigurationSchema = { readonly sections: readonly (Section | Setting)[] };

export type Section = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly properties: readonly (Section | Setting)[];
};

export type Setting = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly type: "array" | "string" | "integer" | "number" | "password" | "boolean";
  readonly default: Json;
  readonly required: boolean;
  readonly range?: readonly Json[];
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** May be changed while a cluster runs. */
  readonly changeable: boolean;
};

/** A user's configuration: the schema's tree as JSON, flat with dotted keys, or a mixture of both. */
export type UserConfiguration = JsonObject;

/** An invalid setting; `key` is its dotted path. */
export type ConfigurationProblem = { readonly key: string; readonly message: string };

export const readConfigurationSchema = (configJson: string): ConfigurationSchema => {
  const file = "config.json";
  let root: Json;
  try {
    root = parseJson(configJson);
  } catch (cause) {
    throw new PackageError(`config.json is not JSON: ${reasonOf(cause)}`, { file, cause });
  }
  if (!isObject(root)) throw new PackageError("config.json is not an object", { file });
  if (isDeeperThan(root, 4 * maximumDepth)) throw broken("it is nested too deep"); // A section takes two levels.
  const schema = { sections: readProperties(root, "") };
  if (properties(schema).length > MAX_SETTINGS) throw broken(`it has more than ${MAX_SETTINGS} settings`);
  return schema;
};

/** Parses a user's configuration; an empty text is an empty configuration. */
export const readUserConfiguration = (conf: string): UserConfiguration => {
  if (conf.trim() === "") return {};
  let value: Json;
  try {
    value = parseJson(conf);
  } catch {
    // Without the parser's reason, which repeats a part of the text: it may be a password.
    throw new PackageError("the configuration is not JSON");
  }
  if (!isObject(value)) throw new PackageError("the configuration is not an object");
  if (isDeeperThan(value, maximumDepth)) throw new PackageError("the configuration is nested too deep");
  return value;
};

/** Every section and setting with its dotted path. */
export const properties = (schema: ConfigurationSchema): readonly { readonly path: string; readonly property: Section | Setting }[] => {
  const under = (siblings: readonly (Section | Setting)[], prefix: string): { path: string; property: Section | Setting }[] =>
    siblings.flatMap((property) => {
      const path = prefix + property.key;
      return [{ path, property }, ...("properties" in property ? under(property.properties, `${path}.`) : [])];
    });
  return under(schema.sections, "");
};

/** The paths of the passwords, which must be sealed before they leave the service. */
export const passwordKeys = (schema: ConfigurationSchema): readonly string[] =>
  properties(schema).flatMap(({ path, property }) => ("type" in property && property.type === "password" ? [path] : []));

/** The user's configuration completed with the package's defaults. Keys that the schema does not know stay, for the template. */
export const withDefaults = (schema: ConfigurationSchema, user: UserConfiguration): JsonObject => {
  const complete = (properties: readonly (Section | Setting)[], given: Json | undefined, prefix: string): JsonObject => ({
    ...(isObject(given) ? given : {}),
    ...Object.fromEntries(
      properties.map((property): [string, Json] => {
        const path = prefix + property.key;
        if ("properties" in property) return [property.key, complete(property.properties, lookUp(user, path), `${path}.`)];
        return [property.key, lookUp(user, path) ?? property.default];
      }),
    ),
  });
  return complete(schema.sections, user, "");
};

/** The value at a dotted path; null counts as not set. Keys may contain dots; the longest key that leads to a value wins. */
export const lookUp = (tree: Json | undefined, path: string): Json | undefined => {
  if (!isObject(tree)) return undefined;
  const known = flattened.get(tree) ?? flatten(tree, "", new Map());
  flattened.set(tree, known);
  return known.get(path);
};

/** The values of a tree by their dotted paths: each tree is walked once, however many paths are looked up. */
const flattened = new WeakMap<JsonObject, Map<string, Json>>();
const flatten = (tree: JsonObject, prefix: string, found: Map<string, Json>): Map<string, Json> => {
  for (const [key, value] of Object.entries(tree).sort(([a], [b]) => b.length - a.length)) {
    const path = prefix + key;
    if (path.length > pathLength) continue;
    if (value !== null && !found.has(path)) found.set(path, value);
    if (isObject(value) && key !== "") flatten(value, `${path}.`, found);
  }
  return found;
};

/** Maximum characters of the dotted path of a setting, and settings of a package. */
const pathLength = 256;
const MAX_SETTINGS = 2_000;

const types = new Set(["array", "string", "integer", "number", "password", "boolean"]);
const isSettingType = (type: string): type is Setting["type"] => types.has(type);

const readProperties = (parent: JsonObject, prefix: string): readonly (Section | Setting)[] => {
  const properties = parent.properties ?? [];
  if (prefix.split(".").length > maximumDepth) throw broken("sections are nested too deep");
  if (!Array.isArray(properties)) throw broken(`the properties of ${place(prefix)} are not a list`);
  const keys = new Set<string>();
  return properties.map((property: Json, index) => {
    if (!isObject(property)) throw broken(`property ${index + 1} of ${place(prefix)} is not an object`);
    const key = text(property.key);
    if (key === "") throw broken(`property ${index + 1} of ${place(prefix)} has no key`);
    if (keys.has(key)) throw broken(`${prefix}${key} is defined twice`);
    keys.add(key);
    return readProperty(property, key, prefix);
  });
};

const readProperty = (property: JsonObject, key: string, prefix: string): Section | Setting => {
  const path = prefix + key;
  if (path.length > pathLength) throw broken(`the path ${path.slice(0, 40)}... has more than ${pathLength} characters`);
  const common = { key, label: text(property.label) || key, description: text(property.description) };
  if (property.properties !== undefined) return { ...common, properties: readProperties(property, `${path}.`) };
  const type = property.type ?? "string";
  if (typeof type !== "string" || !isSettingType(type)) throw broken(`${path} has the unknown type ${JSON.stringify(type).slice(0, 200)}`);
  const { range } = property;
  if (range !== undefined && !Array.isArray(range)) throw broken(`the range of ${path} is not a list`);
  return {
    ...common,
    type,
    default: property.default ?? emptyValue(type),
    required: isYes(property.required),
    changeable: property.changeable === undefined || isYes(property.changeable),
    ...(range === undefined || range.length === 0 ? {} : { range }),
    ...bound(property, "min", path),
    ...bound(property, "max", path),
    ...bound(property, "step", path),
  };
};

const bound = <Name extends "min" | "max" | "step">(property: JsonObject, name: Name, path: string): { readonly [N in Name]?: number } => {
  const value = property[name];
  if (value === undefined || value === null) return {};
  if (typeof value !== "number") throw broken(`${name} of ${path} is not a number`);
  if (name === "step" && value <= 0) throw broken(`step of ${path} is not greater than 0`);
  const result: { [N in "min" | "max" | "step"]?: number } = { [name]: value };
  return result;
};

/** The value of a setting without a default. */
const emptyValue = (type: Setting["type"]): Json => {
  if (type === "integer" || type === "number") return 0;
  if (type === "boolean") return false;
  return type === "array" ? [] : "";
};

const isYes = (value: Json | undefined): boolean => value === true || value === "yes" || value === "true";
const place = (prefix: string): string => (prefix === "" ? "config.json" : prefix.slice(0, -1));
const broken = (sentence: string): PackageError => new PackageError(`config.json: ${sentence}`, { file: "config.json" });
