import { join } from "node:path";
import type { Report } from "./installing.ts";
import { type KafkaServer, startKafka } from "./kafka/server.ts";
import type { Ended } from "./program.ts";
import { type StoreServer, startStore } from "./store/server.ts";
import type { StoreUser } from "./store/users.ts";

/** How both servers are to be started. */
export type EmbeddedOptions = {
  readonly directory: string;
  readonly kafkaPort?: number;
  readonly storePort?: number;
  readonly nodes?: 1 | 3;
  readonly users?: readonly StoreUser[];
  readonly auth?: boolean;
  readonly takeOver?: boolean;
  readonly background?: boolean;
  readonly ended?: Ended;
  readonly limit?: number;
  readonly report?: Report;
};

/** Kafka and the document store of one directory. */
export type Embedded = { readonly kafka: KafkaServer; readonly store: StoreServer; readonly stop: () => Promise<void> };

export const kafkaPart = (directory: string): string => join(directory, "kafka");
export const storePart = (directory: string): string => join(directory, "store");

/** Starts both at the same time; if one fails the other is stopped, and the first failure is thrown. */
export const startEmbedded = async ({
  directory,
  kafkaPort,
  storePort,
  nodes,
  users,
  auth,
  ...both
}: EmbeddedOptions): Promise<Embedded> => {
  const [kafka, store] = await Promise.allSettled([
    startKafka({ ...both, directory: kafkaPart(directory), ...(kafkaPort && { port: kafkaPort }), ...(nodes && { nodes }) }),
    startStore({
      ...both,
      directory: storePart(directory),
      ...(storePort && { port: storePort }),
      ...(users && { users }),
      ...(auth !== undefined && { auth }),
    }),
  ]);
  if (kafka.status === "fulfilled" && store.status === "fulfilled") {
    const stop = async () => {
      await Promise.all([store.value.stop(), kafka.value.stop()]);
    };
    return { kafka: kafka.value, store: store.value, stop };
  }
  if (kafka.status === "fulfilled") await kafka.value.stop();
  if (store.status === "fulfilled") await store.value.stop();
  throw kafka.status === "rejected" ? kafka.reason : store.status === "rejected" ? store.reason : undefined;
};
