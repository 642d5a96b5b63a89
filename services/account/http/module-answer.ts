import type { Api, Module } from "../../../schemas/generated/http.ts";
import { operations } from "../../../schemas/generated/http.ts";
import { bundlesOf, portalOf } from "../domain/grants.ts";
import { modules } from "../domain/modules.ts";
import type { RoleRow } from "./role-rows.ts";

/** Every module that the role's portal offers, with the action bundles that the role grants checked. */
export const moduleAnswer = ({ portal, modules: granted }: RoleRow): Module => ({
  module_elem_set: modules.flatMap(({ id, name, features }) => {
    const { dataLevel, actionBundleIds: checked = [] } = granted.find(({ moduleId }) => moduleId === id) ?? {};
    const offered = new Set([...bundlesOf(id, portalOf(portal) ?? "user"), ...checked]);
    if (offered.size === 0) return [];
    const feature_set = features.flatMap((feature) => {
      const shown = Object.entries(feature.bundles).filter(([id]) => offered.has(id));
      if (shown.length === 0) return [];
      return [
        {
          feature_id: feature.id,
          feature_name: feature.name,
          action_bundle_set: shown.map(([id, name]) => ({ action_bundle_id: id, action_bundle_name: name, api_set: apisOf(id) })),
          checked_action_bundle_id_set: shown.flatMap(([id]) => (checked.includes(id) ? [id] : [])),
        },
      ];
    });
    const level = (["all", "group", "self"] as const).find((known) => known === dataLevel);
    return [
      {
        ...{ module_id: id, module_name: name, feature_set, is_check_all: [...offered].every((bundle) => checked.includes(bundle)) },
        ...(level && { data_level: level }),
      },
    ];
  }),
});

const apisOf = (bundle: string): readonly Api[] =>
  Object.entries(operations).flatMap(([operation, { method, path, permission }]) =>
    permission.some((id) => id === bundle)
      ? [{ api_id: operation, api_method: operation, url_method: method.toUpperCase(), url: path }]
      : [],
  );
