import type { IncomingMessage } from "node:http";
import type { Caller } from "../chassis/access/access.ts";
import { networkOf } from "../chassis/access/address.ts";
import type { Identity } from "../chassis/access/identity.ts";
import { permitted, principalOf } from "../chassis/http/authentication.ts";
import { isProblem, type Problem, tooManyRequests } from "../chassis/http/problems.ts";
import type { AddressOf } from "./caller-address.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Route } from "./routes.ts";

/** Counts a request of a user, or of an address (an IPv6 /64); gives the problem of one who asks too often. */
export type Counting = {
  readonly user: (id: string) => Problem | undefined;
  readonly address: (request: IncomingMessage) => Problem | undefined;
};

export const counting = (limit: RateLimit, { limited }: Pick<GatewayMetrics, "limited">, addressOf: AddressOf): Counting => {
  const count = (by: "user" | "address", id: string): Problem | undefined => {
    const seconds = limit(`${by} ${id}`);
    if (seconds === 0) return undefined;
    limited.inc({ by });
    return tooManyRequests(seconds);
  };
  return { user: (id) => count("user", id), address: (request) => count("address", networkOf(addressOf(request))) };
};

/**
 * Admits a request and says who calls; undefined for a public operation. Each user has a rate limit of its own. A request without a valid token
 * counts for its address, and never for a user.
 */
export const admission =
  (identity: Identity, count: Counting) =>
  async (route: Route, request: IncomingMessage): Promise<Caller | Problem | undefined> => {
    if (!route.operation) return count.address(request);
    const principal = await principalOf(identity, request.headers.authorization);
    if (isProblem(principal)) return count.address(request) ?? principal;
    return count.user(principal.userId) ?? permitted(identity, principal, route.operation);
  };
