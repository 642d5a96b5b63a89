import type { Setting } from "../setting.ts";

/** The credentials of a process for a Kafka cluster. */
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

const certificate = "a PEM file with a certificate and its intermediate certificates";
const key = "a PEM file with the private key of that certificate, without a passphrase";
const authorities = "a PEM file with certificates of authorities";

/** The settings of a process's transport security. For the document store they are options of its URL. */
export const tlsSettings = {
  kafkaTls: {
    ...{ name: "KAFKA_TLS", description: "Whether Kafka listens with TLS", expected: "true or false", fallback: "false" },
    parse: truth,
  },
  kafkaSasl: {
    ...{ name: "KAFKA_SASL", description: "The credentials of this process for Kafka", fallback: "", parse: sasl },
    expected: "scram-sha-512:user:password, scram-sha-256:... or, with KAFKA_TLS=true or on this machine, plain:...",
  },
  kafkaCa: file("KAFKA_CA", "The authorities that sign Kafka's certificates, if not public ones", authorities),
  kafkaCert: file("KAFKA_CERT", "The client certificate of this process for Kafka", certificate),
  kafkaKey: file("KAFKA_KEY", "Its key", key),
  gatewayCert: file("PITRIX_TLS_CERT", "The gateway's server certificate; with it, the gateway answers HTTPS only", certificate),
  gatewayKey: file("PITRIX_TLS_KEY", "Its key", key),
  internalCert: file(
    "PITRIX_INTERNAL_TLS_CERT",
    "The certificate of this process for the platform's other processes, as server and as client",
    certificate,
  ),
  internalKey: file("PITRIX_INTERNAL_TLS_KEY", "Its key", key),
  internalCa: file(
    "PITRIX_INTERNAL_TLS_CA",
    "The authorities that sign the certificates of the platform's processes; others are rejected",
    authorities,
  ),
} satisfies { readonly [field: string]: Setting<unknown> };
