import { literal } from "./json.mjs";
import { property } from "./text.mjs";

/** The problem of an operation's x-permission; undefined for a valid list. A missing list is a problem, since it may be an omission. */
export function wrongPermission(permission, bundles) {
  if (!Array.isArray(permission)) return "has no x-permission: a list of action bundles, empty for none";
  const unknown = permission.find((id) => !Object.hasOwn(bundles, id));
  return unknown === undefined ? undefined : `names the action bundle ${JSON.stringify(unknown)}, which x-bundles does not have`;
}

/** A problem for each action bundle without a module or portals. */
export const wrongBundles = (bundles) =>
  Object.entries(bundles).flatMap(([id, bundle]) =>
    typeof bundle?.module === "string" && Array.isArray(bundle.portals)
      ? []
      : [`http/v1.yaml: the action bundle ${id} needs a module and its portals`],
  );

/** The TypeScript of the action bundles. */
export function renderBundles(bundles) {
  const ids = Object.keys(bundles);
  const portals = [...new Set(ids.flatMap((id) => bundles[id].portals))].sort();
  const rows = ids.map((id) => `  ${property(id)}: ${literal(bundles[id])},\n`);
  return `/** A portal of the platform; a role belongs to one. */
export type Portal = ${union(portals)};

/** An action bundle: operations that are granted together, in a module, to roles of some portals. */
export type Bundle = { readonly module: string; readonly portals: readonly Portal[] };

export type BundleId =${ids.length ? ids.map((id) => `\n  | ${JSON.stringify(id)}`).join("") : " never"};

/** Every action bundle, also those whose operations are not served. */
export const bundles: { readonly [id: string]: Bundle } = {
${rows.join("")}};
`;
}

const union = (names) => names.map((name) => JSON.stringify(name)).join(" | ") || "never";
