import type { Platform } from "./connection.ts";
import { direct } from "./direct.ts";
import { throughGateway } from "./gateway.ts";
import type { Operator } from "./operator.ts";

/** The gateway, if the command knows one and a token for it; otherwise the services, Kafka and the stores themselves. */
export const operatorOf = (platform: Platform): Operator => (platform.gateway ? throughGateway(platform.gateway) : direct(platform));
