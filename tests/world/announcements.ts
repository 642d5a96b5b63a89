import { actionOf } from "../../schemas/generated/actions.ts";
import { plan } from "../../services/providers/local/plan.ts";

/** What a provider has announced, as the read models of other services have it. By default it can do what the local one can. */
export const announced = (provider: string, more: object = {}) => ({
  provider,
  service: `provider-${provider}`,
  actions: Object.keys(plan),
  version_types: ["vmbased"],
  zones: [] as readonly string[],
  credential_schema: "{}",
  ...more,
});
/** All actions that a provider can be asked for. */
export const allActions = [...new Set(Object.values(actionOf))];
