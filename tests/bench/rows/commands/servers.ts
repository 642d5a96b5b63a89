import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { MongoClient } from "mongodb";
import { quietRequestQueues } from "../../../../events/kafka/request-queue.ts";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";
import { startServers as start } from "../../../../infra/embedded/platform.ts";
import { type Usage, usageOf } from "../../harness/usage.ts";

/** Kafka and the document store of one run. A service's topics and databases have fixed names, so every run has servers of its own. */
export type Servers = {
  readonly directory: string;
  readonly connection: KafkaConnection;
  readonly urlFor: (database: string) => string;
  /** Of the servers' processes; nothing for servers elsewhere. */
  readonly usage: () => { readonly kafka: Usage; readonly store: Usage };
  readonly stop: () => Promise<void>;
};

export const kafkaOf = (connection: KafkaConnection): Kafka => {
  quietRequestQueues();
  return new Kafka({ ...connection, clientId: "bench", logLevel: logLevel.NOTHING });
};

/** Those of KAFKA_BROKERS and MONGODB_URL, which must not hold a platform already, else (or if it is asked for) embedded ones on a fresh directory. */
export const startServers = async ({ embedded = false }: { readonly embedded?: boolean | undefined }): Promise<Servers> => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-bench-"));
  const forget = () => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
  try {
    const { kafka, store, connection, url, urlFor, stop } = await start({ directory }, embedded ? {} : process.env);
    const clear =
      kafka && store
        ? async () => {}
        : await emptied(connection, url).catch(async (error: unknown) => {
            await stop();
            throw error;
          });
    return {
      ...{ directory, connection, urlFor },
      usage: () => ({ kafka: kafka ? usageOf(kafka.pids) : none, store: store ? usageOf(store.pids) : none }),
      stop: async () => {
        await clear();
        await stop();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
};

const none: Usage = { cpuSeconds: 0, memoryBytes: 0 };

/** Refuses servers that hold a platform; the answer deletes what a run leaves there. */
const emptied = async (connection: KafkaConnection, url: string): Promise<() => Promise<void>> => {
  const client = await new MongoClient(url).connect();
  const admin = kafkaOf(connection).admin();
  await admin.connect();
  const topics = async () => (await admin.listTopics()).filter((name) => name.startsWith("pitrix."));
  const databases = async () =>
    (await client.db().admin().listDatabases({ nameOnly: true })).databases
      .map(({ name }) => name)
      .filter((name) => name.startsWith("pitrix_"));
  const close = () => Promise.all([admin.disconnect(), client.close()]);
  const there = [...(await topics()), ...(await databases())];
  if (there.length > 0) {
    await close();
    throw new Error(`the given servers hold a platform already (${there.slice(0, 3).join(", ")}): a benchmark would mix with it`);
  }
  return async () => {
    for (const name of await databases()) await client.db(name).dropDatabase();
    const left = await topics();
    if (left.length > 0) await admin.deleteTopics({ topics: left });
    await close();
  };
};
