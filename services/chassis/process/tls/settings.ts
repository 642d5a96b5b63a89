import type { Setting } from "../setting.ts";

/** By what a process shows a Kafka cluster who it is. */
export type Sasl = {
  readonly [M in (typeof mechanisms)[number]]: { readonly mechanism: M; readonly username: string; readonly password: string };
}[(typeof mechanisms)[number]];

const mechanisms = ["plain", "scram-sha-256", "scram-sha-512"] as const;

const sasl = (text: string): Sasl | null | undefined => {
  if (text === "") return null;
  const [, named = "", username = "", password = ""] = /^([^:]+):([^:]+):(.+)$/s.exec(text) ?? [];
  const mechanism = mechanisms.find((each) => each === named.toLowerCase());
  return mechanism && { mechanism, username, password };
};

const file = (name: string, description: string, expected: string): Setting<string> => ({
  ...{ name, description, expected, fallback: "" },
  parse: (path) => path,
});

const truth = (text: string): boolean | undefined => (text === "true" || text === "false" ? text === "true" : undefined);

const certificate = "a PEM file with a certificate, and those between it and its authority";
const key = "a PEM file with the private key of that certificate, without a passphrase";
const authorities = "a PEM file with certificates of authorities";

/** What secures the wires of a process. The document store's stands in its URL. */
export const tlsSettings = {
  kafkaTls: {
    ...{ name: "KAFKA_TLS", description: "Does Kafka listen with TLS?", expected: "true or false", fallback: "false" },
    parse: truth,
  },
  kafkaSasl: {
    ...{ name: "KAFKA_SASL", description: "By what this process shows Kafka who it is", fallback: "", parse: sasl },
    expected: "scram-sha-512:user:password, scram-sha-256:... or, with KAFKA_TLS=true, plain:...",
  },
  kafkaCa: file("KAFKA_CA", "Whose certificates Kafka may have, if not a public authority's", authorities),
  kafkaCert: file("KAFKA_CERT", "What this process shows Kafka, if asked", certificate),
  kafkaKey: file("KAFKA_KEY", "Its key", key),
  gatewayCert: file("PITRIX_TLS_CERT", "What the gateway shows its callers; with it, it answers HTTPS only", certificate),
  gatewayKey: file("PITRIX_TLS_KEY", "Its key", key),
  internalCert: file(
    "PITRIX_INTERNAL_TLS_CERT",
    "What this process shows the platform's other processes, as server and as client",
    certificate,
  ),
  internalKey: file("PITRIX_INTERNAL_TLS_KEY", "Its key", key),
  internalCa: file("PITRIX_INTERNAL_TLS_CA", "Whose certificates the platform's processes have; no others are let in", authorities),
} satisfies { readonly [field: string]: Setting<unknown> };
