import type { Service } from "../../chassis/service.ts";
import { providerOf } from "../kit/provider.ts";
import { tasks } from "./effects.ts";
import { plan } from "./plan.ts";
import type { LocalOutside } from "./ports.ts";
import { settings } from "./settings.ts";
import { nodeReports } from "./signals.ts";

/** What the content of a credential is like. The provider accepts or refuses its token at the first deployment. */
const credentialSchema = JSON.stringify({
  contentMediaType: "application/json",
  type: "object",
  required: ["token"],
  properties: { token: { type: "string" } },
});

const tables = providerOf({ provider: "local", plan, tasks, versionTypes: ["vmbased"], zones: ["local"], credentialSchema });

/** Clusters as supervised processes of this machine. */
export const providerLocal: Service<LocalOutside, typeof settings> = {
  ...tables,
  signals: [...tables.signals, nodeReports],
  settings,
  outside: () => import("./outside.ts"),
};
