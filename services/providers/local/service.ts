import type { Service } from "../../chassis/service.ts";
import { deployment } from "../deployment/domain.ts";
import { effectsOf } from "../deployment/effects.ts";
import { reactionsOf } from "../deployment/reactions.ts";
import { tasks } from "./effects.ts";
import { http } from "./http.ts";
import { plan } from "./plan.ts";
import type { LocalOutside } from "./ports.ts";
import { clusterOwners, credentials, runtimes } from "./read-models.ts";
import { settings } from "./settings.ts";
import { nodeReports } from "./signals.ts";

/** Clusters as supervised processes of this machine. */
export const providerLocal: Service<LocalOutside, typeof settings> = {
  name: "provider-local",
  aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks), public: true } },
  reactions: reactionsOf("local"),
  projections: [credentials, runtimes, clusterOwners],
  signals: [nodeReports],
  http,
  settings,
  outside: () => import("./outside.ts"),
};
