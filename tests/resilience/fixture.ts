import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startEmbedded } from "../../infra/embedded/platform.ts";
import { freePorts } from "../../infra/embedded/ports.ts";
import { databaseOf } from "../../infra/platform/platform.ts";
import { type Secrets, secretsOf } from "../../infra/platform/secrets.ts";
import { type ServiceProcess, startService } from "../../infra/platform/service-process.ts";
import { services } from "../../services/index.ts";
import { localMachine } from "../../services/providers/local/machine.ts";
import { kill, running } from "../services/providers/local/machine/support.ts";

export const serviceNames = Object.keys(services);
export type ServiceName = string;
/** Those whose loss the gateway must make bearable. */
export const behindTheGateway = serviceNames.filter((name) => name !== "api");

/** A whole platform of the very processes that people run, each of which may be started, killed and asked to end by itself. */
export type Fixture = {
  readonly kafka: Awaited<ReturnType<typeof startEmbedded>>["kafka"];
  readonly store: Awaited<ReturnType<typeof startEmbedded>>["store"];
  readonly secrets: Secrets;
  readonly logs: string;
  /** The processes of a service that live, the oldest first. */
  readonly living: (name: ServiceName) => readonly ServiceProcess[];
  /** One more process of it; resolves when it is ready. `port`: where an earlier one was. */
  readonly start: (name: ServiceName, port?: number) => Promise<ServiceProcess>;
  readonly kill: (life: ServiceProcess) => Promise<void>;
  readonly stop: (life: ServiceProcess) => Promise<void>;
  readonly close: () => Promise<void>;
};

const READY = 120_000;

export const startFixture = async (directory: string, report: (text: string) => void): Promise<Fixture> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const secrets = secretsOf(directory, serviceNames);
  const users = serviceNames.map((name) => ({ database: databaseOf(name), user: name, password: secrets.databases[name] ?? "" }));
  report("starts Kafka and the document store");
  const { kafka, store, stop } = await startEmbedded({ directory: join(directory, "embedded"), users });
  const logs = join(directory, "logs");
  const local = join(directory, "local");
  // Nodes of clusters outlive their provider; they must not outlive this process, however it ends.
  const sweep = (): void => {
    for (const pid of running(local)) kill(pid);
  };
  const interrupted = (): void => process.exit(143);
  process.on("exit", sweep).on("SIGTERM", interrupted).on("SIGINT", interrupted);
  const lives = new Map<ServiceName, ServiceProcess[]>(serviceNames.map((name) => [name, []]));
  const without = (life: ServiceProcess): void => {
    for (const [name, all] of lives)
      lives.set(
        name,
        all.filter((each) => each !== life),
      );
  };
  const start = async (name: ServiceName, port?: number): Promise<ServiceProcess> => {
    const life = await startService({
      ...{ name, directory: logs, limit: READY, program: join(import.meta.dirname, "../../services/main.js") },
      port: port ?? (await freePorts(1))[0] ?? 0,
      environment: {
        KAFKA_BROKERS: kafka.brokers.join(","),
        MONGODB_URL: store.urlFor(databaseOf(name)),
        PITRIX_SEALING_KEYS: secrets.sealingKeys,
        PITRIX_BOOTSTRAP_CLIENT: `${secrets.client.id}:${secrets.client.secret}`,
        PITRIX_BOOTSTRAP_ADMIN: `${secrets.administrator.email}:${secrets.administrator.password}`,
        PITRIX_LOCAL_TOKEN: secrets.localToken,
        PITRIX_STATE: directory,
        PITRIX_LOCAL_DIRECTORY: local,
        PITRIX_RATE_LIMIT: "0",
        PITRIX_REPO_PRIVATE_NETWORKS: "127.0.0.0/8",
      },
      ended: (_, why) => report(`${name} ${why}`),
    });
    lives.set(name, [...(lives.get(name) ?? []), life]);
    return life;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...lives.values()].flat().map((life) => life.stop()));
    const machine = localMachine({ directory: local });
    await machine.adopt();
    await machine.closeAndStopAll();
    await stop();
    sweep();
    process.off("exit", sweep).off("SIGTERM", interrupted).off("SIGINT", interrupted);
  };
  report(`starts ${serviceNames.length} services`);
  const started = await Promise.allSettled(serviceNames.map((name) => start(name)));
  const failed = started.find((each) => each.status === "rejected");
  if (failed) {
    await close();
    throw failed.reason;
  }
  return {
    ...{ kafka, store, secrets, logs, start, close },
    living: (name) => lives.get(name) ?? [],
    kill: async (life) => {
      without(life);
      await life.kill();
    },
    stop: async (life) => {
      without(life);
      await life.stop();
    },
  };
};
