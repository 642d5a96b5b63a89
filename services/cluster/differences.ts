import { isObject, type Json, parseJson } from "../packages/json.ts";
import type { Described } from "./read-models/described.ts";

/** A value that differs, by its path: `env.cluster.replicas`, `roles.reviews.memory`. Without `before` it is new, without `after` gone. */
export type Difference = { readonly path: string; readonly before?: string; readonly after?: string };

/** What differs between two deployed states. Secrets are asterisks in both, and never differ. */
export const differences = (before: Described, after: Described): readonly Difference[] => {
  const [one, other] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...one.keys(), ...other.keys()])].sort().flatMap((path): readonly Difference[] => {
    const [was, is] = [one.get(path), other.get(path)];
    if (was === is) return [];
    return [{ path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
};

const valuesOf = ({ version_id, package_digest, env, endpoints, roles }: Described): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  const add = (path: string, value: Json): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) add(`${path}.${index}`, item);
    else if (isObject(value)) for (const [name, item] of Object.entries(value)) add(`${path}.${name}`, item);
    else values.set(path, typeof value === "string" ? value : JSON.stringify(value));
  };
  add("version_id", version_id);
  add("package_digest", package_digest);
  add("env", read(env));
  add("endpoints", read(endpoints));
  // A role has plain values only.
  for (const { role, ...description } of roles) add(`roles.${role}`, JSON.parse(JSON.stringify(description)));
  return values;
};

/** A configuration as a tree; as it stands if it is no JSON. */
const read = (text: string): Json => {
  if (text.trim() === "") return {};
  try {
    return parseJson(text);
  } catch {
    return text;
  }
};
