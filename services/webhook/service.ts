import type { Service } from "../chassis/service.ts";
import { webhook as webhookDecider } from "./domain.ts";
import { effects } from "./effects.ts";
import { http } from "./http.ts";
import type { WebhookOutside } from "./ports.ts";
import { webhooks } from "./read-models.ts";
import { settings } from "./settings.ts";

/** Addresses of users to which events are sent. */
export const webhook: Service<WebhookOutside, typeof settings> = {
  name: "webhook",
  aggregates: { webhook: { decider: webhookDecider, effects, internal: true } },
  projections: [webhooks],
  http,
  settings,
  outside: () => import("./outside.ts"),
};
