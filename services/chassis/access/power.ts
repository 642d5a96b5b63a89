import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type AccessUser, authorize, type CustomRoles, SYSTEM } from "./access.ts";
import type { DataLevel } from "./permissions.ts";

/** Somebody with roles and groups, or who would have them. */
export type Person = Pick<AccessUser, "userId" | "roleIds"> & {
  /** The paths of all their groups, in the order of joining. */
  readonly groupPaths: readonly string[];
};
type Level = "none" | DataLevel;

/** What a person may do: for every operation, whose rows it reaches. */
export type Power = Person & { readonly levels: ReadonlyMap<OperationId, Level> };

const ascending: readonly Level[] = ["none", "self", "group", "all"];
// `as` is safe: the keys of the generated table are exactly the operation ids.
const everyOperation = Object.keys(operations) as OperationId[];

/**
 * The power of people with these roles: the level of every operation, module m0 and operations without bundle included. Outside of groups, the
 * level of a group is `self`.
 */
export const powers = (roles: CustomRoles): ((person: Person) => Power) => {
  // Many people have the same roles.
  const known = new Map<string, Power["levels"]>();
  const levelsOf = (user: AccessUser): Power["levels"] => {
    const level = (operation: OperationId): Level => {
      const { allowed, level } = authorize(user, roles, operation);
      return allowed ? level : "none";
    };
    return new Map(everyOperation.map((operation) => [operation, level(operation)]));
  };
  return (person) => {
    const user = { ...person, groupPath: person.groupPaths.at(-1) ?? "" };
    const key = JSON.stringify([user.userId === SYSTEM, user.roleIds, user.groupPath === ""]);
    const levels = known.get(key) ?? levelsOf(user);
    known.set(key, levels);
    return { ...person, levels };
  };
};

/** Whether `a` may do everything that `b` may do, so that it may make somebody like `b`. Reflexive and transitive. */
export const covers = (a: Power, b: Power): boolean => {
  if (a.userId === SYSTEM || b.userId === SYSTEM) return a.userId === SYSTEM;
  return a.roleIds.includes("global_admin") || (isWithin(a.groupPaths, b.groupPaths) && isUpTo(a.levels, b.levels));
};

/** Whether `a` may act on `b`, whose password it could set: oneself, or somebody whom `a` covers and who does not cover `a`. */
export const lesserPrincipal = (a: Power, b: Power): boolean => a.userId === b.userId || (covers(a, b) && !covers(b, a));

/** Every group of the one is among those of the other or below. Being in no group counts as a group of its own. */
const isWithin = (outer: readonly string[], inner: readonly string[]): boolean =>
  inner.length === 0 ? outer.length === 0 : inner.every((path) => outer.some((above) => `${path}:`.startsWith(`${above}:`)));

const isUpTo = (upper: Power["levels"], lower: Power["levels"]): boolean =>
  everyOperation.every((operation) => rank(lower, operation) <= rank(upper, operation));
const rank = (levels: Power["levels"], operation: OperationId): number => ascending.indexOf(levels.get(operation) ?? "none");
