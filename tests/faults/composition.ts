import { loadServices } from "../../services/chassis/list.ts";
import type { AnyService, ServiceList } from "../../services/chassis/service.ts";
import { services } from "../../services/index.ts";
import { credentials } from "../../services/providers/kit/read-models.ts";
import { provider, type Work } from "../world/toys/provider.ts";

/** The services of a fault run. The gateway is first. */
export const serviceNames = ["api", "account", "runtime", "cluster", "webhook", "provider-local"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The list of a fault run: the platform's services, and a provider whose tasks are what a test makes of them. */
export const listWith = (work?: Work<unknown>): ServiceList => ({
  ...Object.fromEntries(Object.entries(services).filter(([name]) => serviceNames.some((each) => each === name))),
  "provider-local": async () => provider(work, { projections: [credentials] }),
});

/** The tables as every process runs them, for the checkers. */
export const tables: readonly AnyService[] = await loadServices(listWith());
