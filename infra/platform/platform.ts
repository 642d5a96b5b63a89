import { join, resolve } from "node:path";
import { loadServices } from "../../services/chassis/list.ts";
import { services } from "../../services/index.ts";
import { endNodes, usualDirectory } from "../../services/providers/local/machine.ts";
import { installHelm } from "../embedded/helm/install.ts";
import { type KafkaConnection, kafkaSettings, settingsOf } from "../embedded/kafka/connection.ts";
import { type Servers, startServers } from "../embedded/platform.ts";
import { freePorts } from "../embedded/ports.ts";
import { kafkaAccess, THIRD_PARTY } from "./kafka.ts";
import { type Secrets, secretsOf } from "./secrets.ts";
import { type ServiceProcess, startService, type Transport } from "./service-process.ts";

export type PlatformOptions = {
  /** State, ports, secrets and logs. */
  readonly directory: string;
  /** The port of the gateway; the services use the following ports, and the gateway the one before for operators. 0: free ports. */
  readonly port: number;
  readonly report: (text: string) => void;
  readonly environment?: { readonly [name: string]: string };
  readonly limit?: number;
  /** Called when a service ends unexpectedly. */
  readonly ended?: (name: string, reason: string) => void;
};
export type Platform = {
  /** The gateway. */
  readonly url: string;
  /** Kafka, as a third party reaches it. */
  readonly kafka: KafkaConnection;
  /** Kafka and the document store, with all rights. */
  readonly servers: Servers;
  /** The Kafka is an embedded one, with the users of the secrets. */
  readonly embedded: boolean;
  readonly secrets: Secrets;
  /** This start created the secrets. */
  readonly fresh: boolean;
  readonly services: readonly ServiceProcess[];
  readonly stop: () => Promise<void>;
};

/** Kafka, the document store, and every service as its own process with its own database. */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const { report, limit = 120_000, ended, environment = {} } = options;
  const directory = resolve(options.directory);
  const all = await loadServices(services);
  const names = all.map(({ name }) => name);
  const secrets = secretsOf(directory, names);
  const users = names.map((service) => ({
    database: databaseOf(service),
    user: service,
    password: secrets.databases[service] ?? "",
  }));
  const { KAFKA_BROKERS: kafka, MONGODB_URL: mongodb } = process.env;
  report(
    `${kafka ? "using the Kafka of KAFKA_BROKERS" : "starting Kafka"}, ${mongodb ? "the MongoDB of MONGODB_URL" : "starting MongoDB"}`,
  );
  const access = kafkaAccess(all, secrets.kafka);
  const servers = await startServers({ directory: join(directory, "embedded"), users, access, takeOver: true, report });
  const ports = options.port === 0 ? await freePorts(names.length) : names.map((_, index) => options.port + index);
  const entry = all.findIndex((service) => service.entry);
  const shared = {
    PITRIX_PUBLIC_URL: `${environment.PITRIX_TLS_CERT ? "https" : "http"}://127.0.0.1:${ports[entry]}`,
    PITRIX_SEALING_KEYS: secrets.sealingKeys,
    PITRIX_BOOTSTRAP_CLIENT: `${secrets.client.id}:${secrets.client.secret}`,
    PITRIX_BOOTSTRAP_LOGIN_CLIENT: `${secrets.loginClient.id}:${secrets.loginClient.secret}`,
    PITRIX_BOOTSTRAP_ADMIN: `${secrets.administrator.email}:${secrets.administrator.password}`,
    PITRIX_LOCAL_TOKEN: secrets.localToken,
    PITRIX_STATE: directory,
    PITRIX_LOCAL_DIRECTORY: nodesOf(directory),
    ...environment,
  };
  const helm = process.env.PITRIX_HELM ?? (await helmFor(report));
  report(`starting ${names.length} services`);
  const started = await Promise.allSettled(
    all.map(({ name }, index) =>
      startService({
        name,
        port: ports[index] ?? 0,
        operationsPort: options.port === 0 ? undefined : options.port - 1,
        program: join(import.meta.dirname, "../../services/main.js"),
        directory: join(directory, "logs"),
        environment: {
          ...shared,
          ...(helm && { PITRIX_HELM: helm }),
          ...(servers.kafka ? settingsOf(servers.kafka.as(name)) : kafkaSettings(process.env)),
          MONGODB_URL: servers.urlFor(databaseOf(name)),
        },
        transport: transportOf(environment),
        limit,
        ...(ended && { ended }),
      }),
    ),
  );
  const running = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.stop()));
    // The nodes of local clusters outlive their provider, but not the platform.
    await endNodes(shared.PITRIX_LOCAL_DIRECTORY);
    await servers.stop();
  };
  const failed = started.find((each) => each.status === "rejected");
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const url = running.find(({ name }) => name === names[entry])?.url ?? "";
  const thirdParty = servers.kafka?.as(THIRD_PARTY) ?? servers.connection;
  const embedded = servers.kafka !== undefined;
  return { url, kafka: thirdParty, servers, embedded, secrets, fresh: secrets.fresh, services: running, stop };
};

/** The program of helm. Without one everything runs but deployments of charts, which are refused with a sentence. */
const helmFor = (report: PlatformOptions["report"]): Promise<string | undefined> =>
  installHelm(report).catch((error: unknown) => {
    report(`charts cannot be deployed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });

/** Where the nodes of a platform's clusters are. */
export const nodesOf = (directory: string): string => resolve(process.env.PITRIX_LOCAL_DIRECTORY || usualDirectory(directory));

/** The transport among the processes: mutual TLS if there are certificates. */
const transportOf = ({ PITRIX_INTERNAL_TLS_CERT, PITRIX_INTERNAL_TLS_KEY }: { readonly [name: string]: string }): Transport => {
  if (!PITRIX_INTERNAL_TLS_CERT || !PITRIX_INTERNAL_TLS_KEY) return { secure: false };
  return { secure: true, client: { cert: PITRIX_INTERNAL_TLS_CERT, key: PITRIX_INTERNAL_TLS_KEY } };
};

export const databaseOf = (service: string): string => `pitrix_${service}`;
