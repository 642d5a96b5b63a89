import { networks, setting, type ValuesOf } from "../chassis/process/setting.ts";

/** The settings of the webhook service. */
export const settings = {
  privateNetworks: setting(
    "PITRIX_WEBHOOK_PRIVATE_NETWORKS",
    "Private networks and servers to which webhooks may lead, besides all public addresses",
    "none, all, or 10.0.0.0/8,127.0.0.1:8080,...",
    "none",
    networks,
  ),
};
export type WebhookValues = ValuesOf<typeof settings>;
