import { loadServices } from "../../services/chassis/list.ts";
import type { AnyService, Service, ServiceList } from "../../services/chassis/service.ts";
import { services } from "../../services/index.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { credentials } from "../../services/providers/local/read-models.ts";

/** The services of a fault run. The gateway is first. */
export const serviceNames = ["api", "account", "runtime", "cluster", "provider-local"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The local provider on other machines. */
export const providerOn = (tasks: TaskTable<unknown>): Service => ({
  name: "provider-local",
  aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks) } },
  reactions: reactionsOf("local"),
  projections: [credentials],
});

/** The list of a fault run: the platform's services, and a provider whose tasks are lines of a ledger. */
export const listWith = (tasks: TaskTable<unknown>): ServiceList =>
  Object.fromEntries(
    serviceNames.map((name) => [name, name === "provider-local" ? async () => providerOn(tasks) : (services[name] ?? missing(name))]),
  );
const missing = (name: string) => () => Promise.reject(new Error(`the platform has no service ${name}`));

/** The tables as every process runs them, for the checkers. */
export const tables: readonly AnyService[] = await loadServices(listWith({}));
