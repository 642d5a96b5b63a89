import { service } from "../../events/service.ts";
import { gather } from "../chassis/http/causation.ts";
import type { ServiceModule } from "../chassis/tools.ts";
import { gateway } from "./app.ts";
import { asking } from "./asking.ts";
import { connections } from "./exchange.ts";
import { type Follow, http } from "./http.ts";
import { gatewayMetrics } from "./metrics.ts";
import { type Upstreams, upstreams } from "./upstream.ts";

/** The gateway decides nothing: all it keeps is who may do what, as every service does. */
export const apiService = (follow: Follow) => service({ name: "api", aggregates: {}, http: http(follow) });

/** An instance on a busy machine may stand still for a while; one that cannot be connected to is dead at once all the same. */
const PATIENCE = { slow: 1_000, probe: 5_000, reset: 1_000 };

/** The gateway in a process. */
export const apiModule = (): ServiceModule => {
  let open: { readonly upstreams: Upstreams; readonly figures: ReturnType<typeof gatewayMetrics> } | undefined;
  return {
    isEntry: true,
    service: ({ config, directory, clock, metrics, logger, internal }) => {
      const figures = gatewayMetrics(metrics.registry);
      const towards = upstreams({ directory, connections: connections(internal), clock, metrics: figures, logger }, PATIENCE);
      open = { upstreams: towards, figures };
      const platform = asking(towards, { directory, clock, keys: config.sealingKeys });
      return apiService((id, sees) => gather(platform, id, sees));
    },
    routes: ({ config, clock, logger, tracer }, { identity }) => {
      if (!open) throw new Error("the gateway's tables come before its routes");
      const { upstreams, figures } = open;
      return gateway({ upstreams, identity, clock, metrics: figures, logger, tracer, rateLimit: config.rateLimit });
    },
    stopped: async () => open?.upstreams.stop(),
  };
};
