import type { Clock } from "../../../../events/index.ts";
import type { Logger } from "../logging.ts";
import { type Certificates, certificates } from "./certificates.ts";
import { type PemFiles, readPem } from "./pem.ts";
import { type Sasl, tlsSettings } from "./settings.ts";

/** The values of the transport security settings. */
export type TlsValues = {
  readonly kafkaTls: boolean;
  readonly kafkaSasl: Sasl | null;
} & { readonly [file in FileField]: string };
type FileField = "kafkaCa" | "kafkaCert" | "kafkaKey" | "gatewayCert" | "gatewayKey" | "internalCert" | "internalKey" | "internalCa";

/** The certificates of a process by connection. A connection without certificates is plain. */
export type TransportSecurity = {
  readonly kafka: Certificates | undefined;
  /** The gateway's certificate for its callers. */
  readonly gateway: Certificates | undefined;
  /** For mutual TLS among the processes of the platform. */
  readonly internal: Certificates | undefined;
  readonly stop: () => Promise<void>;
};

const none = { setting: "", path: "" };
const at = (values: TlsValues, field: FileField) => ({ setting: tlsSettings[field].name, path: values[field] });

const filesOf = (values: TlsValues): { readonly [wire in "kafka" | "gateway" | "internal"]: PemFiles } => ({
  kafka: { cert: at(values, "kafkaCert"), key: at(values, "kafkaKey"), ca: at(values, "kafkaCa") },
  gateway: { cert: at(values, "gatewayCert"), key: at(values, "gatewayKey"), ca: none },
  internal: { cert: at(values, "internalCert"), key: at(values, "internalKey"), ca: at(values, "internalCa") },
});

const isGiven = (files: PemFiles): boolean => Object.values(files).some(({ path }) => path !== "");

/** Opens the certificate files, which `tlsProblems` must have checked before. */
export const openTls = (values: TlsValues, ports: { readonly clock: Clock; readonly logger: Logger }): TransportSecurity => {
  const { kafka, gateway, internal } = filesOf(values);
  const opened = {
    kafka: values.kafkaTls ? certificates(kafka, ports) : undefined,
    gateway: isGiven(gateway) ? certificates(gateway, ports) : undefined,
    internal: isGiven(internal) ? certificates(internal, ports) : undefined,
  };
  return { ...opened, stop: async () => void (await Promise.all(Object.values(opened).map((each) => each?.stop()))) };
};

const loopback = /^(127(\.\d{1,3}){3}|localhost):/;

/** The problems of the files and of inconsistent settings, one per line. `brokers`: what the settings for Kafka are for. */
export const tlsProblems = (values: TlsValues, brokers: readonly string[], now: number): readonly string[] => {
  const files = filesOf(values);
  const { internal } = files;
  const missing = isGiven(internal) ? Object.values(internal).filter(({ path }) => path === "") : [];
  const pointless = values.kafkaTls ? [] : Object.values(files.kafka).filter(({ path }) => path !== "");
  return [
    ...(values.kafkaSasl?.mechanism === "plain" && !values.kafkaTls && !brokers.every((broker) => loopback.test(broker))
      ? ["KAFKA_SASL is wrong: plain would send the password in clear; expected KAFKA_TLS=true with it, or scram-sha-512"]
      : []),
    ...pointless.map(({ setting }) => `${setting} is set, but the connection to Kafka is not encrypted: expected KAFKA_TLS=true with it`),
    ...missing.map(({ setting }) => `${setting} is missing: PITRIX_INTERNAL_TLS_CERT, _KEY and _CA go together`),
    ...new Set(Object.values(files).flatMap((each) => readPem(each, now).problems.filter((problem) => !isOf(missing, problem)))),
  ];
};

const isOf = (missing: readonly { readonly setting: string }[], problem: string): boolean =>
  missing.some(({ setting }) => problem.startsWith(`${setting} is missing`));

/** The problems of the files that the document store's URL names. */
export const storeFileProblems = (setting: string, url: string, now: number): readonly string[] => {
  const options = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  const named = (option: string) => ({ setting: `${option} in ${setting}`, path: options.get(option) ?? "" });
  const own = named("tlsCertificateKeyFile");
  return readPem({ cert: own, key: own, ca: named("tlsCAFile") }, now).problems;
};
