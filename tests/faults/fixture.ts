import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { KafkaConnection } from "../../infra/embedded/kafka/connection.ts";
import { type KafkaServer, startKafka } from "../../infra/embedded/kafka/server.ts";
import { freePorts } from "../../infra/embedded/ports.ts";
import { type StoreServer, startStore } from "../../infra/embedded/store/server.ts";
import { kafkaAccess } from "../../infra/platform/kafka.ts";
import { processFixture, together } from "../world/servers.ts";
import { type ServiceName, serviceNames, tables } from "./composition.ts";
import { type Ledger, startLedger } from "./ledger.ts";
import { type Answers, produceRequest, startProxy, withoutKafkaAnswers, withoutMongoAnswers } from "./proxy.ts";
import { seed } from "./seeding.ts";
import { type Supervised, supervise } from "./supervisor.ts";

export type FixtureOptions = {
  readonly directory: string;
  readonly nodes?: 1 | 3;
  readonly stores?: 1 | 3;
  /** Puts a proxy before the broker and the store, which can withhold answers. */
  readonly proxied?: boolean;
  readonly environment?: { readonly [name: string]: string };
  readonly report: (text: string) => void;
};

/** Whose answers a proxy drops, until it is told otherwise; the connection breaks with each. */
export type Drops = { broker: number; store: number; dropped: number };

/** A whole platform to inject faults into: a broker or three, a store, a ledger for the outside, and each service as processes of its own. */
export type Fixture = {
  readonly kafka: KafkaServer;
  readonly store: StoreServer;
  /** With the rights of Kafka's administrator. */
  readonly connection: KafkaConnection;
  readonly ledger: Ledger;
  readonly drops: Drops;
  readonly services: { readonly [name in ServiceName]: Supervised };
  /** The gateways that take requests. */
  readonly gateways: () => readonly string[];
  readonly client: { readonly id: string; readonly secret: string };
  /** The keys of the platform, as its settings say them. */
  readonly keys: string;
  readonly stop: () => Promise<void>;
};

export const startFixture = async ({
  directory,
  nodes = 1,
  stores = 1,
  proxied = false,
  environment = {},
  report,
}: FixtureOptions): Promise<Fixture> => {
  const { secrets, users, settings, logs } = processFixture(directory, serviceNames);
  const { users: kafkaUsers, acls } = kafkaAccess(tables, secrets.kafka);
  const drops: Drops = { broker: 0, store: 0, dropped: 0 };
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close().catch((error: unknown) => report(`not stopped in order: ${error}`));
  };
  const take = (which: "broker" | "store") => (): boolean => {
    if (drops[which] <= 0) return false;
    drops[which]--;
    drops.dropped++;
    return true;
  };
  try {
    report("starts Kafka and the document store");
    const [kafkaPort = 0] = await freePorts(1);
    const before = async (port: number, answers: () => Answers): Promise<string> => {
      const proxy = await startProxy({ host: "127.0.0.1", port }, answers);
      closing.push(proxy.close);
      return `127.0.0.1:${proxy.port}`;
    };
    const broker = proxied ? await before(kafkaPort, withoutKafkaAnswers(produceRequest, take("broker"), true)) : undefined;
    const [kafka, store] = await together([
      startKafka({
        directory: join(directory, "kafka"),
        nodes,
        users: kafkaUsers,
        acls,
        ...(broker && { port: kafkaPort, settings: { "advertised.listeners": `CLIENTS://${broker}` } }),
      }),
      startStore({
        ...{ directory: join(directory, "store"), nodes: stores, users },
        ...(proxied && { reached: (port: number) => before(port, withoutMongoAnswers(take("store"))) }),
      }),
    ]);
    closing.push(kafka.stop, store.stop);
    const ledger = await startLedger();
    closing.push(ledger.close);
    const by = (connection: KafkaConnection): KafkaConnection => (broker ? { ...connection, brokers: [broker] } : connection);
    const connection = by(kafka.connection);
    const own = { PITRIX_FAULTS_LEDGER: ledger.url, ...environment };
    const { urlFor } = store;
    const program = join(import.meta.dirname, "service-main.js");
    report(`starts ${serviceNames.length} services`);
    const started = await together(
      serviceNames.map((name) =>
        supervise({
          name,
          program,
          directory: logs,
          environment: { ...settings(name, { connection: by(kafka.as(name)), urlFor }), ...own },
          report,
        }),
      ),
    );
    closing.push(...started.map((one) => one.stop));
    await seed(connection);
    const services = Object.fromEntries(started.map((one) => [one.name, one])) as Fixture["services"]; // Each has started.
    return {
      ...{ kafka, store, connection, ledger, drops, services, client: secrets.client, keys: secrets.sealingKeys, stop },
      gateways: () => services.api.urls(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** A token for the platform's first client, once its account service has one to give. */
export const logIn = async ({ gateways, client }: Fixture): Promise<string> => {
  const body = { grant_type: "client_credentials", client_id: client.id, client_secret: client.secret };
  for (const until = Date.now() + 90_000; ; await pause(100)) {
    const [gateway = ""] = gateways();
    const answer = await fetch(new URL("/v1/oauth2/token", gateway), { method: "POST", body: new URLSearchParams(body) }).catch(
      () => undefined,
    );
    if (answer?.ok) return String(((await answer.json()) as { access_token: unknown }).access_token); // The contract's answer.
    if (Date.now() > until) throw new Error(`no token: ${answer ? `${answer.status} ${await answer.text()}` : "no answer"}`);
  }
};
