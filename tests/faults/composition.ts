import { account } from "../../services/account/service.ts";
import { api } from "../../services/api/service.ts";
import { withAccess } from "../../services/chassis/access/access.ts";
import type { AnyService, ServiceList } from "../../services/chassis/service.ts";
import { cluster } from "../../services/cluster/service.ts";
import { credentials } from "../../services/providers/kit/read-models.ts";
import { runtime } from "../../services/runtime/service.ts";
import { webhook } from "../../services/webhook/service.ts";
import { provider, type Work } from "../world/toys/provider.ts";

const platform = { api, account, runtime, cluster, webhook };
const providerOf = (work?: Work<unknown>): AnyService => provider(work, { projections: [credentials] });

/** The services of a fault run. The gateway is first. */
export const serviceNames = ["api", "account", "runtime", "cluster", "webhook", "provider-local"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The list of a fault run: services of the platform, and a provider whose tasks are what a test makes of them. */
export const listWith = (work?: Work<unknown>): ServiceList => ({
  ...Object.fromEntries(Object.entries(platform).map(([name, service]) => [name, async () => service])),
  "provider-local": async () => providerOf(work),
});

/** The tables as every process runs them, for the checkers. */
export const tables: readonly AnyService[] = [...Object.values(platform), providerOf()].map(withAccess);
