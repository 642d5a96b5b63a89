import type { Request } from "express";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type Caller, SYSTEM } from "../access/access.ts";
import { bearerOf, type Identity, type Principal, type Unauthenticated } from "../access/identity.ts";
import { provenService } from "../access/tokens.ts";
import type { Host } from "./host.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";

const unauthenticated: { readonly [why in Unauthenticated]: Problem } = {
  missing: makeProblem("auth_failure", "a bearer token is needed"),
  expired: makeProblem("access_token_expired"),
  invalid: makeProblem("auth_failure", "the token is invalid"),
};

/** Whose token an `Authorization` header carries. */
export const principalOf = async (identity: Identity, authorization: string | undefined): Promise<Principal | Problem> => {
  const principal = await identity.authenticate(bearerOf(authorization));
  return typeof principal === "string" ? unauthenticated[principal] : principal;
};

/** The caller of an operation, if the principal may call it. */
export const permitted = (identity: Identity, principal: Principal, operation: OperationId): Caller | Problem =>
  identity.authorize(principal, operation) ?? makeProblem("permission_denied", operation);

const ADMINISTRATOR = "global_admin";

/** The problem of a principal who may not operate the platform: only administrators, and the system, may. */
export const mayOperate = ({ userId, roleIds, bundles }: Principal): Problem | undefined =>
  !bundles && (userId === SYSTEM || roleIds.includes(ADMINISTRATOR))
    ? undefined
    : makeProblem("permission_denied", "only administrators operate the platform");

/** The caller of an operation; undefined if the operation is public. */
export const callerOf = async (
  identity: Identity,
  operation: OperationId,
  authorization: string | undefined,
): Promise<Caller | Problem | undefined> => {
  if (operations[operation].public) return undefined;
  const principal = await principalOf(identity, authorization);
  return isProblem(principal) ? principal : permitted(identity, principal, operation);
};

/** The service of this platform that calls; undefined for any other caller. */
export const callingService = ({ keys, ports }: Pick<Host, "keys" | "ports">, request: Request): Promise<string | undefined> =>
  provenService(keys, bearerOf(request.get("authorization")) ?? "", ports.clock.now());
