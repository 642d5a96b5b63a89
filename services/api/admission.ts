import type { IncomingMessage } from "node:http";
import type { Caller } from "../chassis/access/access.ts";
import { bearerOf, type Identity } from "../chassis/access/identity.ts";
import { Refused } from "../chassis/http/errors.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refusals } from "./refusals.ts";
import type { Route } from "./routes.ts";

export type AdmissionParts = { readonly identity: Identity; readonly limit: RateLimit; readonly metrics: GatewayMetrics };

/**
 * Lets a request in, and says who calls. Callers are counted each for themselves; what comes without a good token is counted by its address,
 * and never at the cost of those who have one.
 */
export const admission = ({ identity, limit, metrics }: AdmissionParts) => {
  const count = (by: "user" | "address", whose: string): void => {
    const seconds = limit(`${by} ${whose}`);
    if (seconds === 0) return;
    metrics.limited.inc({ by });
    throw new Refused(refusals.tooMany(seconds));
  };
  return async (route: Route, request: IncomingMessage): Promise<Caller | undefined> => {
    const address = request.socket.remoteAddress ?? "";
    if (!route.operation) {
      count("address", address);
      return undefined;
    }
    try {
      const principal = await identity.authenticate(bearerOf(request.headers.authorization));
      count("user", principal.userId);
      return identity.authorize(principal, route.operation);
    } catch (error) {
      if (error instanceof Refused && error.refusal.code === 16) count("address", address);
      throw error;
    }
  };
};
