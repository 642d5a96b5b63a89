import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { settingsOf } from "../../../../infra/embedded/kafka/connection.ts";
import { freePorts } from "../../../../infra/embedded/ports.ts";
import { type ServiceProcess, startService } from "../../../../infra/platform/service-process.ts";
import { announceCaller } from "./caller.ts";
import type { Servers } from "./servers.ts";

/** A server that takes the commands, whoever wrote it. */
export type Subject = {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};
export type SubjectOptions = {
  readonly servers: Servers;
  /** Where CPU profiles of its processes go. */
  readonly profiles?: string | undefined;
  readonly partitions?: number;
  readonly instances?: number;
};

const LIMIT = 180_000;

const profiled = (profiles: string | undefined): { readonly [name: string]: string } =>
  profiles ? { NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "profile.js")).href}`, BENCH_PROFILES: profiles } : {};

const together = (processes: readonly ServiceProcess[]): Pick<Subject, "pids" | "stop"> => ({
  pids: processes.map(({ pid }) => pid),
  stop: async () => void (await Promise.all(processes.map(({ stop }) => stop()))),
});

/** Services of the platform, each instance a process of its own with its relay and read models, and somebody who may call them. */
export const startPitrix = async (
  names: readonly string[],
  { servers, profiles, partitions = 6, instances = 1 }: SubjectOptions,
): Promise<Subject & { readonly urls: readonly string[] }> => {
  const platformKey = { id: "k1", key: randomBytes(32) };
  const token = await announceCaller(servers.connection, platformKey, partitions);
  const sealing = `${platformKey.id}:${platformKey.key.toString("base64")}`;
  const all = names.flatMap((name) => Array.from({ length: instances }, () => name));
  const ports = await freePorts(all.length);
  const processes = await Promise.all(
    all.map((name, index) =>
      startService({
        name,
        port: ports[index] ?? 0,
        program: join(import.meta.dirname, "../../../../services/main.js"),
        directory: join(servers.directory, "logs"),
        environment: {
          ...settingsOf(servers.connection),
          MONGODB_URL: servers.urlFor(`pitrix_${name}`),
          PITRIX_SEALING_KEYS: sealing,
          PITRIX_STATE: servers.directory,
          PITRIX_LOG_LEVEL: "warn",
          PITRIX_RATE_LIMIT: "0",
          PITRIX_REPO_PRIVATE_NETWORKS: "127.0.0.0/8",
          PITRIX_PARTITIONS: String(partitions),
          ...profiled(profiles),
        },
        limit: LIMIT,
      }),
    ),
  );
  const urls = processes.map(({ url }) => url);
  return { url: urls[0] ?? "", urls, headers: { authorization: `Bearer ${token}` }, ...together(processes) };
};

/** A server of one file that gets where everything is as JSON in BENCH, and answers at PITRIX_PORT. */
export const startScript = async (
  program: string,
  settings: object,
  { servers, profiles, partitions = 6 }: SubjectOptions,
): Promise<Subject> => {
  const [port = 0] = await freePorts(1);
  const bench = { ...settings, connection: servers.connection, url: servers.urlFor("pitrix_app"), partitions };
  const running = await startService({
    name: "script",
    ...{ port, program, limit: LIMIT, directory: join(servers.directory, "logs") },
    environment: { BENCH: JSON.stringify(bench), ...profiled(profiles) },
  });
  return { url: running.url, headers: {}, ...together([running]) };
};
