import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, signal } from "./identity.ts";
import { connectionIn, type KafkaConnection } from "./kafka/connection.ts";
import { type KafkaServer, startKafka } from "./kafka/server.ts";
import { kafkaPart, storePart } from "./platform.ts";
import { urlToDatabase } from "./store/addresses.ts";
import { type StoreServer, startStore } from "./store/server.ts";

/** A Kafka for the tests of this process; `server` is set only for an embedded Kafka. */
export type SharedKafka = { readonly connection: KafkaConnection; readonly server?: KafkaServer };

/** A document store for the tests of this process; the address of an embedded store has all permissions. */
export type SharedStore = { readonly url: string; readonly urlFor: (database: string) => string; readonly server?: StoreServer };

const prefix = "pitrix-embedded-";
const pids: (() => readonly number[])[] = [];

/** Removes the directories of killed processes. */
const removeAbandoned = (): void => {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(prefix) ? Number(entry.slice(prefix.length).split("-")[0]) : Number.NaN;
    if (Number.isInteger(pid) && !identify(pid)) rmSync(join(tmpdir(), entry), { recursive: true, force: true });
  }
};

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/**
 * The directory of this process. The servers do not keep the process alive, and end with it. A test's `after` would run
 * too early when several files share one process.
 */
const directory = once(() => {
  removeAbandoned();
  const path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  process.once("exit", () => {
    for (const pid of pids.flatMap((list) => list())) signal(pid, "SIGKILL");
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
  });
  return path;
});

/** One Kafka for all tests of this process: the Kafka of KAFKA_BROKERS, or an embedded one, started at the first call. */
export const sharedKafka = once(async (): Promise<SharedKafka> => {
  const given = connectionIn(process.env);
  if (given) return { connection: given };
  const server = await startKafka({ directory: kafkaPart(directory()), background: true });
  pids.push(() => server.pids);
  return { connection: server.connection, server };
});

/** One document store for all tests of this process: the store of MONGODB_URL, or an embedded one, started at the first call. */
export const sharedStore = once(async (): Promise<SharedStore> => {
  const given = process.env.MONGODB_URL;
  if (given) return { url: given, urlFor: (database) => urlToDatabase(given, database) };
  const server = await startStore({ directory: storePart(directory()), background: true });
  pids.push(() => server.pids);
  return { url: server.url, urlFor: server.urlFor, server };
});

/** Both servers, started concurrently; tests use separate topics and databases. */
export const embedded = once(async (): Promise<{ kafka: SharedKafka; store: SharedStore }> => {
  const [kafka, store] = await Promise.all([sharedKafka(), sharedStore()]);
  return { kafka, store };
});
