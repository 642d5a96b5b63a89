import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { MongoClient } from "mongodb";
import { quietRequestQueues } from "../../../../events/kafka/request-queue.ts";
import { startEmbedded } from "../../../../infra/embedded/platform.ts";
import { urlToDatabase } from "../../../../infra/embedded/store/users.ts";
import { type Usage, usageOf } from "../../harness/usage.ts";

/** Kafka and the document store of one run. A service's topics and databases have fixed names, so every run has servers of its own. */
export type Servers = {
  readonly directory: string;
  readonly brokers: readonly string[];
  readonly urlFor: (database: string) => string;
  /** Of the servers' processes; nothing for servers elsewhere. */
  readonly usage: () => { readonly kafka: Usage; readonly store: Usage };
  readonly stop: () => Promise<void>;
};

export const kafkaOf = (brokers: readonly string[]): Kafka => {
  quietRequestQueues();
  return new Kafka({ brokers: [...brokers], clientId: "bench", logLevel: logLevel.NOTHING });
};

/** Those of KAFKA_BROKERS and MONGODB_URL, which must not hold a platform already, else (or if it is asked for) embedded ones on a fresh directory. */
export const startServers = async ({ embedded = false }: { readonly embedded?: boolean | undefined }): Promise<Servers> => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-bench-"));
  const forget = () => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
  const { KAFKA_BROKERS: given, MONGODB_URL: url } = embedded ? {} : process.env;
  try {
    if (Boolean(given) !== Boolean(url)) throw new Error("set both KAFKA_BROKERS and MONGODB_URL, or neither");
    if (given && url) return await emptied(directory, given.split(","), url, forget);
    const { kafka, store, stop } = await startEmbedded({ directory });
    return {
      directory,
      brokers: kafka.brokers,
      urlFor: store.urlFor,
      usage: () => ({ kafka: usageOf(kafka.pids), store: usageOf(store.pids) }),
      stop: async () => {
        await stop();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
};

const emptied = async (directory: string, brokers: readonly string[], url: string, forget: () => void): Promise<Servers> => {
  const client = await new MongoClient(url).connect();
  const admin = kafkaOf(brokers).admin();
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
  const none = { cpuSeconds: 0, memoryBytes: 0 };
  return {
    directory,
    brokers,
    urlFor: (database) => urlToDatabase(url, database),
    usage: () => ({ kafka: none, store: none }),
    stop: async () => {
      for (const name of await databases()) await client.db(name).dropDatabase();
      const left = await topics();
      if (left.length > 0) await admin.deleteTopics({ topics: left });
      await close();
      forget();
    },
  };
};
