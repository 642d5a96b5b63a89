import type { KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { Service } from "../chassis/service.ts";
import { runtimeCredential, runtime as runtimeDecider } from "./domain.ts";
import { credentialEffects } from "./effects.ts";
import { http } from "./http.ts";
import { reactions } from "./reactions.ts";
import { runtimeCredentials, runtimes } from "./read-models.ts";

/** Runtimes, which are the targets of deployments, and their credentials. */
export const runtime: Service<KeyDestroyer> = {
  name: "runtime",
  aggregates: {
    runtime: { decider: runtimeDecider, public: true },
    runtimeCredential: { decider: runtimeCredential, effects: credentialEffects },
  },
  reactions,
  projections: [runtimes, runtimeCredentials],
  http,
  outside: () => import("./outside.ts"),
};
