import { service } from "../../../events/service.ts";
import { deployment } from "../deployment/domain.ts";
import { effectsOf } from "../deployment/effects.ts";
import { reactionsOf } from "../deployment/reactions.ts";
import { type Outside, tasks } from "./effects.ts";
import { http } from "./http.ts";
import { plan } from "./plan.ts";
import { clusterOwners, credentials } from "./read-models.ts";
import { nodeNews } from "./signals.ts";

/** Clusters as supervised processes of this machine. */
export const providerLocalService = (outside: Outside) =>
  service({
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks(outside)) } },
    reactions: reactionsOf("local"),
    projections: [credentials, clusterOwners],
    signals: [nodeNews(outside)],
    http: http(outside.machine),
  });
