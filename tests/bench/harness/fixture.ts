import { rmSync } from "node:fs";
import { join } from "node:path";
import type { KafkaConnection } from "../../../infra/embedded/kafka/connection.ts";
import { startServers } from "../../../infra/embedded/platform.ts";

export type FixtureOptions = {
  readonly directory: string;
  /** Share of the full amount of work. */
  readonly scale: number;
  /** Servers of its own, whatever the environment says. */
  readonly embedded?: boolean;
  /** Contestants in other languages are built and run. */
  readonly foreign: boolean;
  /** Only these take part; all if absent. */
  readonly roles?: readonly string[];
  /** Where the CPU profiles of the contestants go, if anybody wants them. */
  readonly profiles?: string;
  readonly report: (text: string) => void;
};

/** What all contestants run on, and share the cores with. */
export type Fixture = Omit<FixtureOptions, "directory"> & {
  readonly directory: string;
  readonly connection: KafkaConnection;
  /** The document store; `urlFor` names a database in it. */
  readonly url: string;
  readonly urlFor: (database: string) => string;
  /** Process ids of the embedded servers; empty for servers elsewhere. */
  readonly pids: { readonly kafka: readonly number[]; readonly store: readonly number[] };
  /** What the servers are, for the page. */
  readonly servers: string;
  /** A name that no other run has: for topics, groups and databases. */
  readonly fresh: (what: string) => string;
  /** So much of the full amount as the scale says, and at least this many. */
  readonly scaled: (full: number, least: number) => number;
  readonly stop: () => Promise<void>;
};

/** The servers of a run: those of KAFKA_BROKERS and MONGODB_URL, else embedded ones on a fresh directory. */
export const startFixture = async (options: FixtureOptions, withServers: boolean): Promise<Fixture> => {
  let count = 0;
  const common = {
    ...options,
    fresh: (what: string) => `bench_${what}_${process.pid}_${++count}`,
    scaled: (full: number, least: number) => Math.max(least, Math.round(full * options.scale)),
  };
  const none = { pids: { kafka: [], store: [] }, stop: async () => {} };
  if (!withServers) return { ...common, ...none, connection: { brokers: [] }, url: "", urlFor: () => "", servers: "none" };
  const directory = join(options.directory, "servers");
  const { kafka, store, stop, ...addresses } = await startServers(
    { directory, report: options.report },
    options.embedded ? {} : process.env,
  );
  const given = "given by address";
  return {
    ...common,
    ...addresses,
    servers: [
      `Kafka: ${kafka ? "one embedded broker (acks=all of one replica)" : given}`,
      `MongoDB: ${store ? "embedded, a replica set of one, journaled majority writes, a cache of 256 MB" : given}`,
    ].join("; "),
    get pids() {
      return { kafka: kafka?.pids ?? [], store: store?.pids ?? [] };
    },
    stop: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
    },
  };
};
