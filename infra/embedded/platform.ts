import { join } from "node:path";
import type { Report } from "./installing.ts";
import { connectionIn, type KafkaConnection } from "./kafka/connection.ts";
import { type KafkaOptions, type KafkaServer, startKafka } from "./kafka/server.ts";
import type { Ended } from "./program.ts";
import { urlToDatabase } from "./store/addresses.ts";
import { type StoreServer, startStore } from "./store/server.ts";
import type { StoreUser } from "./store/users.ts";

/** Options for starting both servers. */
export type EmbeddedOptions = {
  readonly directory: string;
  readonly kafkaPort?: number;
  readonly storePort?: number;
  readonly nodes?: 1 | 3;
  readonly users?: readonly StoreUser[];
  /** Kafka's users and their rights. */
  readonly access?: Pick<KafkaOptions, "users" | "thirdParties" | "quota" | "acls">;
  readonly takeOver?: boolean;
  readonly background?: boolean;
  readonly ended?: Ended;
  readonly limit?: number;
  readonly report?: Report;
};

/** Kafka and the document store of one directory. */
export type Embedded = { readonly kafka: KafkaServer; readonly store: StoreServer; readonly stop: () => Promise<void> };

/** Servers from the environment, or embedded ones; `kafka` and `store` are set only for embedded servers. */
export type Servers = {
  /** Kafka, with the rights of an embedded one's administrator. */
  readonly connection: KafkaConnection;
  readonly url: string;
  readonly urlFor: (database: string) => string;
  readonly kafka?: KafkaServer;
  readonly store?: StoreServer;
  readonly stop: () => Promise<void>;
};

export const kafkaPart = (directory: string): string => join(directory, "kafka");
export const storePart = (directory: string): string => join(directory, "store");

const kafkaOf = ({ directory, kafkaPort, storePort: _, nodes, users: __, access, ...both }: EmbeddedOptions): Promise<KafkaServer> =>
  startKafka({ ...both, ...access, directory: kafkaPart(directory), ...(kafkaPort && { port: kafkaPort }), ...(nodes && { nodes }) });

const storeOf = ({ directory, kafkaPort: _, storePort, nodes: __, users, access: ___, ...both }: EmbeddedOptions): Promise<StoreServer> =>
  startStore({ ...both, directory: storePart(directory), ...(storePort && { port: storePort }), ...(users && { users }) });

type Stops = { readonly stop: () => Promise<void> };

/** Waits for both; if one fails, stops the other and throws the first failure. */
const together = async <A extends Stops | undefined, B extends Stops | undefined>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> => {
  const [first, second] = await Promise.allSettled([one, other]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  for (const each of [first, second]) if (each.status === "fulfilled") await each.value?.stop();
  throw first.status === "rejected" ? first.reason : second.status === "rejected" ? second.reason : undefined;
};

const stopping = (...servers: readonly (Stops | undefined)[]) => {
  return async (): Promise<void> => {
    await Promise.all(servers.map((server) => server?.stop()));
  };
};

/** Starts both at the same time. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const [kafka, store] = await together(kafkaOf(options), storeOf(options));
  return { kafka, store, stop: stopping(store, kafka) };
};

/** The servers of KAFKA_BROKERS and MONGODB_URL; an embedded server replaces each variable that is not set. */
export const startServers = async (options: EmbeddedOptions, environment: NodeJS.ProcessEnv = process.env): Promise<Servers> => {
  const { MONGODB_URL: url } = environment;
  const given = connectionIn(environment);
  const [kafka, store] = await together(
    given ? Promise.resolve(undefined) : kafkaOf(options),
    url ? Promise.resolve(undefined) : storeOf(options),
  );
  const address = store?.url ?? url ?? "";
  return {
    connection: kafka?.connection ?? given ?? { brokers: [] },
    url: address,
    urlFor: store?.urlFor ?? ((database) => urlToDatabase(address, database)),
    ...(kafka && { kafka }),
    ...(store && { store }),
    stop: stopping(store, kafka),
  };
};
