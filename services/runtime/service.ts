import { service } from "../../events/service.ts";
import { runtime, runtimeCredential } from "./domain.ts";
import { http } from "./http.ts";
import { reactions } from "./reactions.ts";
import { runtimeCredentials, runtimes } from "./read-models.ts";

/** Places to deploy to, and the ways in. */
export const runtimeService = service({
  name: "runtime",
  aggregates: { runtime: { decider: runtime }, runtimeCredential: { decider: runtimeCredential } },
  reactions,
  projections: [runtimes, runtimeCredentials],
  http,
});
