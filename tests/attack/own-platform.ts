import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/index.ts";
import { databaseOf, nodesOf, startPlatform } from "../../infra/platform/platform.ts";
import { readRecords } from "../../services/chassis/operator/reading.ts";
import { everythingIn } from "../everything.ts";
import { clientOf } from "../world/kafka-client.ts";
import { attackersServer } from "./attackers-server.ts";
import type { Target } from "./target.ts";

/** A platform of real servers and processes, with a server of the attacker at which repositories and webhooks are allowed. */
export const ownPlatform = async (
  directory: string,
  report: (line: string) => void,
): Promise<{ readonly target: Target; readonly stop: () => Promise<void> }> => {
  // A platform of an earlier run may hold its traps.
  for (const entry of ["embedded", "secrets.json", "logs"]) rmSync(join(directory, entry), { recursive: true, force: true });
  const server = await attackersServer();
  const platform = await startPlatform({
    ...{ directory, port: 0, report },
    environment: { PITRIX_REPO_PRIVATE_NETWORKS: server.host, PITRIX_WEBHOOK_PRIVATE_NETWORKS: server.host, PITRIX_LOG_LEVEL: "debug" },
    ended: (name, reason) => report(`service ${name} ${reason}`),
  }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const { servers, services, secrets } = platform;
  const { kafka } = servers;
  if (!kafka) throw new Error("the attacks need an embedded Kafka: unset KAFKA_BROKERS");
  const controller = /CONTROLLER:\/\/([\d.:]+)/.exec(
    readFileSync(join(directory, "embedded", "kafka", "node-1", "server.properties"), "utf8"),
  )?.[1];
  const records = async (): Promise<string> => {
    const admin = clientOf(kafka.connection).admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith("pitrix."));
    await admin.disconnect();
    const log = kafkaLog({ ...kafka.connection, clientId: "attack" });
    const found: string[] = [];
    await readRecords(log, { topics }, new AbortController().signal, ({ key, value, headers }) => {
      found.push(key, Buffer.from(value ?? []).toString("latin1"), JSON.stringify(headers));
    });
    await log.close();
    return found.join("\n");
  };
  const stores = async (): Promise<string> => {
    const found = services.map(async ({ name }) => {
      const client = new MongoClient(servers.urlFor(databaseOf(name)));
      const database = client.db(databaseOf(name));
      const all: unknown[] = [];
      for (const each of await database.listCollections().toArray())
        if (!each.name.startsWith("blobs")) all.push(await database.collection(each.name).find({}, { promoteBuffers: true }).toArray());
      await client.close();
      return everythingIn(all);
    });
    return (await Promise.all(found)).join("\n");
  };
  const logs = async (): Promise<string> =>
    readdirSync(join(directory, "logs"))
      .map((file) => readFileSync(join(directory, "logs", file), "utf8"))
      .join("\n");
  const { loginClient, client: operators, administrator, localToken, sealingKeys } = secrets;
  return {
    target: {
      ...{ url: platform.url, loginClient, operators, administrator },
      inside: {
        ...{ services, localToken, server, records, stores, logs, nodes: nodesOf(directory) },
        processes: {
          ...{ pids: services.map(({ pid }) => pid), directory, sealingKeys },
          kafka: { as: kafka.as, administrator: kafka.connection, controller: controller ?? "" },
          storeUrl: (service) => servers.urlFor(databaseOf(service)),
          store: (service) => mongo({ url: servers.urlFor(databaseOf(service)), database: databaseOf(service) }),
        },
      },
    },
    stop: async () => {
      await server.close();
      await platform.stop();
    },
  };
};
