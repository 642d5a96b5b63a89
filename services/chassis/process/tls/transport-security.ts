import type { Clock } from "../../../../events/index.ts";
import type { Logger } from "../logging.ts";
import { type Certificates, certificates } from "./certificates.ts";
import { type PemFiles, readPem } from "./pem.ts";
import { type Sasl, tlsSettings } from "./settings.ts";

/** What the settings say about the wires. */
export type TlsValues = {
  readonly kafkaTls: boolean;
  readonly kafkaSasl: Sasl | null;
} & { readonly [file in FileField]: string };
type FileField = "kafkaCa" | "kafkaCert" | "kafkaKey" | "gatewayCert" | "gatewayKey" | "internalCert" | "internalKey" | "internalCa";

/** The certificates of a process, by wire; where there are none the wire is plain. */
export type TransportSecurity = {
  readonly kafka: Certificates | undefined;
  /** Of the gateway, towards its callers. */
  readonly gateway: Certificates | undefined;
  /** Among the processes of the platform, each of which shows its own. */
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

/** Opens the files; whoever starts a process has asked for `tlsProblems` before. */
export const openTls = (values: TlsValues, ports: { readonly clock: Clock; readonly logger: Logger }): TransportSecurity => {
  const { kafka, gateway, internal } = filesOf(values);
  const opened = {
    kafka: values.kafkaTls ? certificates(kafka, ports) : undefined,
    gateway: isGiven(gateway) ? certificates(gateway, ports) : undefined,
    internal: isGiven(internal) ? certificates(internal, ports) : undefined,
  };
  return { ...opened, stop: async () => void (await Promise.all(Object.values(opened).map((each) => each?.stop()))) };
};

/** What is wrong with the files, and with settings that do not go together; a line each. */
export const tlsProblems = (values: TlsValues, now: number): readonly string[] => {
  const files = filesOf(values);
  const { internal } = files;
  const missing = isGiven(internal) ? Object.values(internal).filter(({ path }) => path === "") : [];
  const pointless = values.kafkaTls ? [] : Object.values(files.kafka).filter(({ path }) => path !== "");
  return [
    ...(values.kafkaSasl?.mechanism === "plain" && !values.kafkaTls
      ? ["KAFKA_SASL is wrong: plain shows the password to the network; expected KAFKA_TLS=true with it, or scram-sha-512"]
      : []),
    ...pointless.map(({ setting }) => `${setting} is set but Kafka is spoken to in clear: expected KAFKA_TLS=true with it`),
    ...missing.map(({ setting }) => `${setting} is missing: PITRIX_INTERNAL_TLS_CERT, _KEY and _CA go together`),
    ...new Set(Object.values(files).flatMap((each) => readPem(each, now).problems.filter((problem) => !isOf(missing, problem)))),
  ];
};

const isOf = (missing: readonly { readonly setting: string }[], problem: string): boolean =>
  missing.some(({ setting }) => problem.startsWith(`${setting} is missing`));

/** The files that the URL of the document store names. */
export const storeFileProblems = (setting: string, url: string, now: number): readonly string[] => {
  const options = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  const named = (option: string) => ({ setting: `${option} in ${setting}`, path: options.get(option) ?? "" });
  const own = named("tlsCertificateKeyFile");
  return readPem({ cert: own, key: own, ca: named("tlsCAFile") }, now).problems;
};
