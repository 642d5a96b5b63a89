import { topicOf } from "../../events/index.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { incompatibilities } from "../../schemas/generators/compatibility.mjs";
import { opaque } from "../chassis/access/opaque.ts";
import { contract } from "../chassis/contract.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import { queryCausation } from "../chassis/http/causation-query.ts";
import { eventsDocument } from "../chassis/http/document.ts";
import { feed } from "../chassis/http/feed/feed.ts";
import { positions } from "../chassis/http/feed/position.ts";
import type { ValuesOf } from "../chassis/process/setting.ts";
import type { Opened } from "../chassis/service.ts";
import { type GatewayOptions, gateway } from "./app.ts";
import { callerAddress } from "./caller-address.ts";
import { fillRegistry } from "./external-registry.ts";
import { gatewayMetrics } from "./metrics.ts";
import { operating } from "./operating.ts";
import type { ApiOutside } from "./ports.ts";
import { registry as registryOf } from "./registry/registry.ts";
import { subjectsOf } from "./registry/subjects.ts";
import { servicesClient } from "./services-client.ts";
import type { settings } from "./settings.ts";
import { connections } from "./transport.ts";
import { type UpstreamOptions, upstreams as upstreamsOf } from "./upstream.ts";

/** An instance on a busy machine may stand still for a while. One that refuses connections is unhealthy at once all the same. */
const TIMEOUTS = { slow: 1_000, probe: 5_000, reset: 1_000 };

type Options = UpstreamOptions & Pick<GatewayOptions, "timeouts" | "stale">;

/** The instances of all services, each behind its breaker, and the routes that lead to them. */
export const openWith =
  (options: Options) =>
  async ({
    config,
    settings: { rateLimit, schemaRegistry, trustedProxies },
    ...dependencies
  }: Dependencies<ValuesOf<typeof settings>>): Promise<Opened<ApiOutside>> => {
    const { directory, clock, logger, tracer, internal } = dependencies;
    const subjects = subjectsOf(schemas, (aggregate) => topicOf(contract, aggregate));
    if (schemaRegistry !== "") await fillRegistry(schemaRegistry, subjects, dependencies);
    const registry = registryOf(subjects, incompatibilities);
    const metrics = gatewayMetrics(dependencies.metrics.registry);
    const upstreams = upstreamsOf({ directory, connections: connections(internal), clock, metrics, logger }, options);
    const stopping = new AbortController();
    const platform = servicesClient(upstreams, { directory, clock, keys: config.sealingKeys });
    return {
      outside: {
        follow: (id, sees) => queryCausation(platform, id, sees),
        events: feed({ client: platform, clock, stopping: stopping.signal }, positions(opaque(config.sealingKeys, "position of a stream"))),
        operate: operating(upstreams, { ...dependencies, keys: config.sealingKeys }),
      },
      routes: ({ identity, keys }) =>
        gateway({
          ...{ ...options, upstreams, identity, keys, clock, metrics, logger, tracer, rateLimit, registry },
          addressOf: callerAddress(trustedProxies),
          events: eventsDocument(config.publicUrl),
        }),
      close: () => {
        stopping.abort();
        upstreams.stop();
      },
    };
  };
export const open = openWith(TIMEOUTS);
