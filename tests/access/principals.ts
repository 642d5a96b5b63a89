import { bundles, type OperationId } from "../../schemas/generated/http.ts";
import { authorize } from "../../services/chassis/access/access.ts";
import type { Principal } from "../../services/chassis/access/identity.ts";
import type { DataLevel } from "../../services/chassis/access/permissions.ts";

/** Who calls: everybody but the system is the same person of the group :grp-0:grp-1, with different roles. */
export type Caller = Principal & {
  readonly name: string;
  /** The bundle that is all that the role has, and its level. */
  readonly only?: { readonly bundle: string; readonly level: DataLevel };
};

const person = (name: string, roleIds: readonly string[], groupPath = ":grp-0:grp-1"): Caller => ({
  ...{ name, userId: "usr-me", roleIds, groupPath, roles: new Map(), groups: ["grp-1"], groupsAndBelow: ["grp-1", "grp-2"] },
});
const withBundle = (bundle: string, level: DataLevel): Caller => {
  const module = { moduleId: bundles[bundle]?.module ?? "", dataLevel: level, actionBundleIds: [bundle] };
  return { ...person(`${bundle}=${level}`, ["role-x"]), roles: new Map([["role-x", [module]]]), only: { bundle, level } };
};

export const named: readonly Caller[] = [
  { ...person("system", [], ""), userId: "system" },
  ...["global_admin", "isv", "developer", "user"].map((role) => person(role, [role])),
  { ...withBundle("technical_review", "all"), name: "reviewer" },
  { ...withBundle("isv_review", "group"), name: "reviewer of a vendor" },
  person("somebody without a role", []),
];
export const withOneBundle: readonly Caller[] = Object.keys(bundles).flatMap((bundle) =>
  (["self", "group", "all"] as const).map((level) => withBundle(bundle, level)),
);

/** The same people once they have left all groups. */
export const gone: readonly Caller[] = [...named, ...withOneBundle]
  .filter(({ userId }) => userId !== "system")
  .map((caller) => ({ ...caller, name: `${caller.name} who left`, groupPath: "", groups: [], groupsAndBelow: [] }));

/** The level of an operation, or "none". */
export const levelOf = (caller: Principal, operation: OperationId): DataLevel | "none" => {
  const { allowed, level } = authorize(caller, caller.roles, operation);
  return allowed ? level : "none";
};
