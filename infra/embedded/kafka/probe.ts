import { Kafka, logLevel } from "kafkajs";
import { isListening } from "../ports.ts";
import type { KafkaConnection } from "./connection.ts";

/** The ids of the live brokers according to the broker on this port; empty if it does not answer. */
export const livingBrokers = async (port: number, login: Omit<KafkaConnection, "brokers">): Promise<number[]> => {
  if (!(await isListening(port))) return [];
  const admin = new Kafka({
    ...login,
    brokers: [`127.0.0.1:${port}`],
    connectionTimeout: 2_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId);
  } catch {
    return [];
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};
