import { providers } from "../chassis/providers.ts";
import type { Service } from "../chassis/service.ts";
import { runtimeCredential, runtime as runtimeDecider } from "./domain.ts";
import { credentialEffects } from "./effects.ts";
import { http } from "./http.ts";
import type { RuntimeOutside } from "./ports.ts";
import { reactions } from "./reactions.ts";
import { runtimeCredentials, runtimes } from "./read-models.ts";

/** Runtimes, which are the targets of deployments, and their credentials. */
export const runtime: Service<RuntimeOutside> = {
  name: "runtime",
  aggregates: {
    runtime: { decider: runtimeDecider, public: true },
    runtimeCredential: { decider: runtimeCredential, effects: credentialEffects },
  },
  reactions,
  projections: [runtimes, runtimeCredentials, providers],
  http,
  outside: () => import("./outside.ts"),
};
