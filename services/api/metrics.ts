import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { BreakerState } from "../chassis/process/breaker.ts";
import type { ServiceInstance } from "../chassis/process/discovery.ts";

/** Metrics of the gateway, beside those of requests, which every service has. */
export const gatewayMetrics = (registry: Registry) => {
  const registers = [registry];
  const breakers = new Gauge({
    name: "pitrix_gateway_breaker_state",
    help: "Breakers of service instances: 0 closed, 1 half open, 2 open.",
    labelNames: ["upstream", "url"],
    registers,
  });
  return {
    upstream: new Histogram({
      name: "pitrix_gateway_upstream_seconds",
      help: "How long services take, by what came of it.",
      labelNames: ["upstream", "outcome"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    retries: new Counter({
      name: "pitrix_gateway_retries_total",
      help: "Requests sent again, to another instance where there is one, by what had come of the first.",
      labelNames: ["upstream", "after"],
      registers,
    }),
    stale: new Counter({
      name: "pitrix_gateway_stale_answers_total",
      help: "Reads answered by what the caller had got before.",
      labelNames: ["operation"],
      registers,
    }),
    limited: new Counter({
      name: "pitrix_gateway_rate_limited_total",
      help: "Requests refused for their number, by whose they were.",
      labelNames: ["by"],
      registers,
    }),
    breaker: ({ service, url }: ServiceInstance, state: BreakerState): void =>
      breakers.set({ upstream: service, url }, state === "open" ? 2 : state === "half open" ? 1 : 0),
    forget: ({ service, url }: ServiceInstance): void => breakers.remove({ upstream: service, url }),
  };
};
export type GatewayMetrics = ReturnType<typeof gatewayMetrics>;
