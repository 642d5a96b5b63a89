import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { signal } from "../../infra/embedded/identity.ts";
import { type KafkaConnection, settingsOf } from "../../infra/embedded/kafka/connection.ts";
import { freePorts } from "../../infra/embedded/ports.ts";
import { databaseOf } from "../../infra/platform/platform.ts";
import { secretsOf } from "../../infra/platform/secrets.ts";
import { type ServiceOptions, type ServiceProcess, startService } from "../../infra/platform/service-process.ts";

/** How long a service may take until it is ready. */
const READY = 120_000;

export type Servers = { readonly connection: KafkaConnection; readonly urlFor: (database: string) => string };
type Stops = { readonly stop: () => Promise<unknown> };

/** What real processes of these services need, in a directory of their own: secrets, users of the store, settings and ports. */
export const processFixture = (directory: string, names: readonly string[]) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const secrets = secretsOf(directory, names);
  const logs = join(directory, "logs");
  return {
    secrets,
    logs,
    users: names.map((name) => ({ database: databaseOf(name), user: name, password: secrets.databases[name] ?? "" })),
    settings: (name: string, { connection, urlFor }: Servers) => ({
      ...settingsOf(connection),
      MONGODB_URL: urlFor(databaseOf(name)),
      PITRIX_SEALING_KEYS: secrets.sealingKeys,
      PITRIX_BOOTSTRAP_CLIENT: `${secrets.client.id}:${secrets.client.secret}`,
      PITRIX_BOOTSTRAP_LOGIN_CLIENT: `${secrets.loginClient.id}:${secrets.loginClient.secret}`,
      PITRIX_BOOTSTRAP_ADMIN: `${secrets.administrator.email}:${secrets.administrator.password}`,
      PITRIX_LOCAL_TOKEN: secrets.localToken,
      PITRIX_STATE: directory,
      PITRIX_RATE_LIMIT: "0",
    }),
    /** Starts a process on a free port unless one is named; resolves when it is ready. */
    start: async (options: Pick<ServiceOptions, "name" | "program" | "environment"> & Partial<ServiceOptions>): Promise<ServiceProcess> =>
      startService({ port: (await freePorts(1))[0] ?? 0, directory: logs, limit: READY, ...options }),
  };
};

/** Waits for all; where one does not start, those that have are stopped. */
export const together = async <T extends readonly Promise<Stops>[] | []>(starts: T) => {
  const ends = await Promise.allSettled(starts);
  const started = ends.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const [failed] = ends.flatMap((each) => (each.status === "rejected" ? [each] : []));
  if (!failed) return started as unknown as { readonly [K in keyof T]: Awaited<T[K]> }; // All have started, in their order.
  await Promise.all(started.map(({ stop }) => stop()));
  throw failed.reason;
};

/** A server that ends with this process, however its tests go. */
export const endingWithProcess = <S extends { readonly pids: readonly number[] }>(server: S): S => {
  // Before its directory is removed.
  process.prependOnceListener("exit", () => {
    for (const pid of server.pids) signal(pid, "SIGKILL");
  });
  return server;
};
