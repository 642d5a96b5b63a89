import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { SASLOptions } from "kafkajs";
import { settings } from "../../../services/chassis/process/settings.ts";

/** How a client reaches a Kafka cluster: options of `kafkaLog` and of kafkajs alike. */
export type KafkaConnection = { readonly brokers: string[]; readonly ssl?: ConnectionOptions; readonly sasl?: SASLOptions };

/** The settings of a connection to a Kafka that is not embedded. */
const named = ["KAFKA_BROKERS", "KAFKA_SASL", "KAFKA_TLS", "KAFKA_CA", "KAFKA_CERT", "KAFKA_KEY"];

export const kafkaSettings = (environment: NodeJS.ProcessEnv): { readonly [name: string]: string } =>
  Object.fromEntries(named.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));

/** The connection that KAFKA_BROKERS and the settings beside it name; undefined without KAFKA_BROKERS. */
export const connectionIn = ({ KAFKA_BROKERS, KAFKA_SASL = "", ...files }: NodeJS.ProcessEnv): KafkaConnection | undefined => {
  if (!KAFKA_BROKERS) return undefined;
  const brokers = settings.brokers.parse(KAFKA_BROKERS);
  const sasl = settings.kafkaSasl.parse(KAFKA_SASL);
  if (!brokers || sasl === undefined) throw new Error("KAFKA_BROKERS or KAFKA_SASL is wrong");
  const read = (path: string | undefined): string | undefined => (path ? readFileSync(path, "utf8") : undefined);
  const ssl = { ca: read(files.KAFKA_CA), cert: read(files.KAFKA_CERT), key: read(files.KAFKA_KEY) };
  return { brokers: [...brokers], ...(files.KAFKA_TLS === "true" && { ssl }), ...(sasl && { sasl }) };
};

/** The settings with which a service uses this connection, except for files of certificates. */
export const settingsOf = ({ brokers, sasl }: KafkaConnection): { readonly KAFKA_BROKERS: string; readonly KAFKA_SASL: string } => ({
  KAFKA_BROKERS: brokers.join(","),
  KAFKA_SASL: sasl && "username" in sasl ? `${sasl.mechanism}:${sasl.username}:${sasl.password}` : "",
});
