import type { Timers } from "../../../events/index.ts";
import { providerSeconds } from "../../packages/time-limits.ts";
import type { DeploymentCommand, DeploymentEvent } from "./deployment.ts";

/** An action that takes too long is given up, whatever it waits for. */
export const timers: Timers<DeploymentCommand, DeploymentEvent> = {
  DeploymentStarted: {
    issues: "ExpireDeployment",
    after: ({ deployment }) => providerSeconds(deployment.roles) * 1_000,
    given: ({ clusterId, jobId, deployment }) => ({ clusterId, jobId, seconds: providerSeconds(deployment.roles) }),
  },
};
