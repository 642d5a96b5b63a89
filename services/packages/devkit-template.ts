import { mapWords } from "./command.ts";
import { lookUp } from "./devkit-configuration.ts";
import { isDeeperThan, type Json, type JsonObject, maximumDepth, parseJson, weighed } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/**
 * Renders `cluster.json.tmpl`: replaces each `{{key}}` by its value. The template is parsed as JSON first and the values are
 * inserted into the tree, so a value cannot add structure. In a command, a value stays one word.
 */
export const fillTemplate = (template: string, values: JsonObject): { readonly cluster: Json; readonly unset: readonly string[] } => {
  const tree = readTemplate(template);
  const unset = new Set<string>();
  let left = renderedLimit;

  const settingOf = (key: string): Json => {
    const value = lookUp(values, key) ?? null;
    if (value === null) unset.add(key);
    left = weighed(value, left);
    if (left <= 0) throw new PackageError(`${file}: with the values of its settings it is larger than 1 MiB`, { file });
    if (isDeeperThan(value, maximumDepth)) throw new PackageError(`the value of ${key} is nested too deep`);
    return value;
  };
  const textOf = (template: string): string =>
    template.replace(placeholders, (_, key: string) => {
      const value = settingOf(key);
      if (value === null) throw new PackageError(`${file}: the setting ${key} has no value`, { file });
      return typeof value === "string" ? value : JSON.stringify(value);
    });
  const fillText = (content: string, isCommand: boolean): Json => {
    if (!content.includes("{{")) return content;
    refuseUnknown(content);
    if (isCommand) return mapWords(content.replace(placeholders, "{{$1}}"), (word) => (word.includes("{{") ? textOf(word) : undefined));
    const key = whole.exec(content)?.[1];
    return key === undefined ? textOf(content) : settingOf(key);
  };
  const fill = (node: Json, depth: number, name?: string): Json => {
    if (depth > maximumDepth) throw new PackageError(`${file} is nested too deep`, { file });
    if (typeof node === "string") return fillText(node, name !== undefined && commands.has(name));
    if (Array.isArray(node)) return node.map((item: Json) => fill(item, depth + 1));
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [checkedKey(key), fill(value, depth + 1, key)]));
  };

  return { cluster: fill(tree, 0), unset: [...unset] };
};

/** Maximum characters and values that settings put into a template: each place that names a setting costs its whole value. */
const renderedLimit = 1024 * 1024;
const commands = new Set(["cmd", "pre_check", "check_cmd", "action_cmd"]);
const file = "cluster.json.tmpl";

/** `{{cluster.name}}`, also with the leading dot of older packages: `{{.cluster.name}}`. */
const placeholders = /\{\{\s*\.?([^\s{}."'\\][^\s{}"'\\]{0,255})\s*\}\}/g;
const whole = new RegExp(`^${placeholders.source}$`);

const readTemplate = (template: string): Json => {
  try {
    return parseJson(quoteBare(template));
  } catch (cause) {
    throw new PackageError(`${file} is not JSON: ${reasonOf(cause)}`, { file, cause });
  }
};

/** Quotes the placeholders that have no quotes, so that the template parses as JSON. The end closes an open quote: no letter is read twice. */
const quoteBare = (template: string): string =>
  template.replace(/"(?:\\[\s\S]?|[^"\\])*(?:"|$)|\{\{[^{}"]*\}\}/g, (token) => (token.startsWith('"') ? token : JSON.stringify(token)));

const refuseUnknown = (content: string): void => {
  const rest = content.replace(placeholders, "");
  if (rest.includes("{{"))
    throw new PackageError(`${file}: ${JSON.stringify(content.slice(0, 200))} must hold only the key of a setting between {{ and }}`, {
      file,
    });
};

const checkedKey = (key: string): string => {
  if (key.includes("{{"))
    throw new PackageError(`${file}: a value cannot name a property, as in ${JSON.stringify(key.slice(0, 200))}`, { file });
  return key;
};
