import { setting, text, whole } from "./setting.ts";
import { tlsSettings } from "./tls/settings.ts";

/** A platform key that wraps data keys. */
export type PlatformKey = { readonly id: string; readonly key: Uint8Array };

const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (given: string): T | undefined =>
    values.find((value) => value === given);

const brokers = (value: string): readonly string[] | undefined => {
  const list = value
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
  return list.length > 0 && list.every((each) => /^[^\s:/]+:\d{1,5}$/.test(each)) ? list : undefined;
};

const sealingKeys = (value: string): readonly PlatformKey[] | undefined => {
  const keys = value.split(",").map((each): PlatformKey | undefined => {
    const [, id = "", encoded = ""] = /^\s*([\w-]+):([A-Za-z0-9+/_-]+={0,2})\s*$/.exec(each) ?? [];
    const key = new Uint8Array(Buffer.from(encoded, "base64"));
    return id !== "" && key.byteLength === 32 ? { id, key } : undefined;
  });
  const good = keys.filter((key) => key !== undefined);
  return good.length === keys.length && new Set(good.map(({ id }) => id)).size === good.length ? good : undefined;
};

const instances = (value: string): ReadonlyMap<string, readonly string[]> | undefined => {
  const found = new Map<string, readonly string[]>();
  for (const each of value.split(",").filter((part) => part.trim() !== "")) {
    const [, service, url] = /^\s*([a-zA-Z][\w-]*)=(https?:\/\/\S+?)\/?\s*$/.exec(each) ?? [];
    if (!service || !url) return undefined;
    found.set(service, [...(found.get(service) ?? []), url]);
  }
  return found;
};

const origins = (value: string): ReadonlySet<string> | undefined => {
  const given = value
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
  return given.every((each) => /^[\w.-]+\/\d{1,6}\/\d{1,15}$/.test(each)) ? new Set(given) : undefined;
};

const url = (value: string): string | undefined => (value === "" || /^https?:\/\/[^\s/]+\S*$/.test(value) ? value : undefined);
/** Goes into the headers of every event: short, and without what only a browser would use. */
const publicUrl = (value: string): string | undefined =>
  /^https?:\/\/[^\s/?#@]+(?:\/[!-~]*)?$/.test(value) && !/[?#]/.test(value) && value.length <= 200 ? value.replace(/\/+$/, "") : undefined;
const samplers = [
  ...(["always_on", "always_off", "traceidratio"] as const),
  ...(["parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"] as const),
] as const;
const share = (value: string): number | undefined =>
  /^(\d+(\.\d*)?|\.\d+)$/.test(value) && Number(value) <= 1 ? Number(value) : undefined;

/** The settings of every process. Services add their own. Only config reads the environment, by these tables. */
export const settings = {
  host: setting("PITRIX_HOST", "The address to listen on", "an address", "127.0.0.1", text),
  advertise: setting("PITRIX_ADVERTISE", "The host name by which others reach this process", "a host name, else PITRIX_HOST", "", text),
  port: setting("PITRIX_PORT", "The port; of several services the first; 0 for free ports", "0 to 65535", "9100", whole(0, 65_535)),
  operationsPort: setting(
    "PITRIX_OPERATIONS_PORT",
    "The gateway's port for /livez, /readyz, /metrics and /internal, which its public port does not serve",
    "0 to 65535, 0 for a free port",
    "9099",
    whole(0, 65_535),
  ),
  operationsHost: setting("PITRIX_OPERATIONS_HOST", "The address to listen on with that port", "an address", "127.0.0.1", text),
  brokers: setting("KAFKA_BROKERS", "The Kafka cluster", "host:port,host:port,...", undefined, brokers),
  ...tlsSettings,
  mongodb: setting("MONGODB_URL", "The document store", "a mongodb:// or mongodb+srv:// URL", undefined, (value) =>
    /^mongodb(\+srv)?:\/\/[^\s/]+/.test(value) ? value : undefined,
  ),
  discovery: setting("PITRIX_DISCOVERY", "How services find each other", "kafka, static or dns", "kafka", oneOf("kafka", "static", "dns")),
  services: setting(
    "PITRIX_SERVICES",
    "The addresses of services, if discovery is static",
    "app=http://host:port,repo=http://...",
    "",
    instances,
  ),
  publicUrl: setting(
    "PITRIX_PUBLIC_URL",
    "Where callers reach the gateway; events name their schemas by it",
    "an http:// or https:// URL",
    "http://127.0.0.1:9100",
    publicUrl,
  ),
  sealingKeys: setting(
    "PITRIX_SEALING_KEYS",
    "The keys that wrap the keys of secrets; the first is current, the others only unwrap",
    "id:base64,... with 32 bytes each",
    undefined,
    sealingKeys,
  ),
  logLevel: setting(
    "PITRIX_LOG_LEVEL",
    "The log level",
    "trace, debug, info, warn, error, fatal or silent",
    "info",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  ),
  state: setting("PITRIX_STATE", "The directory for state that belongs to this machine", "a directory", ".pitrix", text),
  restoreSkips: setting(
    "PITRIX_RESTORE_SKIP",
    "Records of the log that are known to be forged, and that a start leaves out where it restores the store; the dead letter topic records it",
    "topic/partition/offset,topic/partition/offset,...",
    "",
    origins,
  ),
  partitions: setting(
    "PITRIX_PARTITIONS",
    "The number of partitions of a topic; fixed once the topics exist",
    "1 to 1000",
    "6",
    whole(1, 1_000),
  ),
  traces: setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "Where traces go, by OTLP over HTTP", "a URL", "", url),
  telemetry: setting(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "The same URL without the path /v1/traces; without both settings there are no traces",
    "a URL",
    "",
    url,
  ),
  tracedAs: setting("OTEL_SERVICE_NAME", "The service's name in traces", "a name, else the service's", "", text),
  sampler: setting("OTEL_TRACES_SAMPLER", "Which requests are traced", samplers.join(", "), "parentbased_always_on", oneOf(...samplers)),
  samplerRatio: setting("OTEL_TRACES_SAMPLER_ARG", "The share of requests that a traceidratio sampler traces", "0 to 1", "1", share),
  connections: setting(
    "PITRIX_CONNECTIONS",
    "The maximum number of open connections of a service or the gateway; beyond it the longest idle ones are closed",
    "10 to 1000000",
    "10000",
    whole(10, 1_000_000),
  ),
  shutdownSeconds: setting("PITRIX_SHUTDOWN_SECONDS", "The time limit of an orderly shutdown in seconds", "1 to 600", "10", whole(1, 600)),
};
