import { service } from "../../events/service.ts";
import type { ServiceModule } from "../chassis/tools.ts";
import { gateway } from "./app.ts";
import { connections } from "./exchange.ts";
import { gatewayMetrics } from "./metrics.ts";
import { type Upstreams, upstreams } from "./upstream.ts";

/** The gateway decides nothing: all it keeps is who may do what, as every service does. */
export const apiService = service({ name: "api", aggregates: {} });

/** An instance on a busy machine may stand still for a while; one that cannot be connected to is dead at once all the same. */
const PATIENCE = { slow: 1_000, probe: 5_000, reset: 1_000 };

/** The gateway in a process. */
export const apiModule = (): ServiceModule => {
  let open: Upstreams | undefined;
  return {
    service: () => apiService,
    routes: ({ config, directory, clock, metrics, logger }, { identity }) => {
      const figures = gatewayMetrics(metrics.registry);
      open = upstreams({ directory, connections: connections(), clock, metrics: figures }, PATIENCE);
      return gateway({ upstreams: open, identity, clock, metrics: figures, logger, rateLimit: config.rateLimit });
    },
    stopped: async () => open?.stop(),
  };
};
