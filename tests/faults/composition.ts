import { type Service, service } from "../../events/service.ts";
import { accountService } from "../../services/account/service.ts";
import { access } from "../../services/chassis/access/access.ts";
import { clusterService } from "../../services/cluster/service.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { credentials } from "../../services/providers/local/read-models.ts";
import { runtimeService } from "../../services/runtime/service.ts";

/** The services of a fault run. The gateway is first. */
export const serviceNames = ["api", "account", "runtime", "cluster", "provider-local"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The local provider on other machines. */
export const providerOn = (tasks: TaskTable): Service =>
  service({
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks) } },
    reactions: reactionsOf("local"),
    projections: [credentials],
  });

/** The tables as every process runs them, for who checks what they have done. */
export const tables: readonly Service[] = [
  service({ name: "api", aggregates: {} }),
  accountService,
  runtimeService,
  clusterService,
  providerOn({}),
].map((each) => ({
  ...each,
  projections: [...(each.projections ?? []), access],
}));
