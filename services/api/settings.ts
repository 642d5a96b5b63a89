import { addresses, setting, whole } from "../chassis/process/setting.ts";

export const settings = {
  rateLimit: setting(
    "PITRIX_RATE_LIMIT",
    "Requests a second of one caller, in the long run; 0 for no limit",
    "0 to 1000000",
    "1000",
    whole(0, 1_000_000),
  ),
  trustedProxies: setting(
    "PITRIX_TRUSTED_PROXIES",
    "Load balancers that name their caller's address in X-Forwarded-For; nobody else is believed",
    "none, or 10.0.0.0/8,192.0.2.1,...",
    "none",
    addresses,
  ),
  schemaRegistry: setting(
    "SCHEMA_REGISTRY_URL",
    "A Confluent-compatible schema registry that also gets all schemas of events; it is empty at first, and Pitrix's own",
    "an http:// or https:// URL, with user:password@ if it asks for them",
    "",
    (value) => (value === "" || /^https?:\/\/[^\s/]+\S*$/.test(value) ? value.replace(/\/+$/, "") : undefined),
  ),
};
