import { readFileSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";
import { isListening } from "../ports.ts";
import { livingBrokers } from "./probe.ts";
import type { KafkaSecurity } from "./settings.ts";

/** Like `livingBrokers`, for a broker that requires authentication. */
export const livingBrokersSecurely = async (port: number, { tls, users }: KafkaSecurity): Promise<number[]> => {
  if (!tls && !users) return livingBrokers(port);
  if (!(await isListening(port))) return [];
  const file = (path: string): string => readFileSync(path, "utf8");
  const admin = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    ...(tls && { ssl: { ca: file(tls.ca), cert: file(tls.cert), key: file(tls.key) } }),
    ...(users && { sasl: { mechanism: "scram-sha-256", username: users[0].name, password: users[0].password } }),
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
