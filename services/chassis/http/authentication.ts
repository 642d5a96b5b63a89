import type { Request } from "express";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { operations } from "../../../schemas/generated/http.ts";
import type { Caller } from "../access/access.ts";
import { bearerOf } from "../access/identity.ts";
import { provenService } from "../access/tokens.ts";
import type { Host } from "./host.ts";

/** Who calls an operation; nobody in particular if it is public. Refuses with 401 or 403. */
export const callerOf = async ({ identity }: Host, operation: OperationId, request: Request): Promise<Caller | undefined> => {
  if (operations[operation].public) return undefined;
  return identity.authorize(await identity.authenticate(bearerOf(request.get("authorization"))), operation);
};

/** The service of this platform that calls; undefined for anybody else. */
export const callingService = ({ keys, ports }: Pick<Host, "keys" | "ports">, request: Request): Promise<string | undefined> =>
  provenService(keys, bearerOf(request.get("authorization")) ?? "", ports.clock.now());
