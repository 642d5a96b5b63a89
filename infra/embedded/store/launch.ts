import { join } from "node:path";
import { MongoClient } from "mongodb";
import { tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { isListening } from "../ports.ts";
import { type Ended, type Running, startProgram } from "../program.ts";
import { waitFor } from "../waiting.ts";
import type { StoreInstallation } from "./install.ts";

export const storePidFile = (directory: string): string => join(directory, "pid.json");

/** The PEM files of the store: its certificate with its key, and whose certificates both sides trust. */
export type StoreTls = {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** What clients show; where it is given, they must. Certificate and key in one file, as MongoDB's drivers want them. */
  readonly client?: string;
};

/** The address with what a client needs for TLS. */
export const withTls = (url: string, tls: StoreTls | undefined): string => {
  if (!tls) return url;
  const options = new URLSearchParams({ tls: "true", tlsCAFile: tls.ca, ...(tls.client && { tlsCertificateKeyFile: tls.client }) });
  return `${url}${url.includes("?") ? "&" : "?"}${options}`;
};

const tlsFlags = ({ cert, key, ca, client }: StoreTls): readonly string[] => [
  ...["--tls-cert-file", cert, "--tls-key-file", key],
  ...(client ? ["--tls-ca-file", ca, "--tls-require-client-cert"] : []),
];

const answers = async (port: number, tls: StoreTls | undefined): Promise<true | undefined> => {
  if (!(await isListening(port))) return undefined;
  const client = new MongoClient(withTls(`mongodb://127.0.0.1:${port}/`, tls), {
    serverSelectionTimeoutMS: 1000,
    connectTimeoutMS: 1000,
    directConnection: true,
  });
  try {
    await client.db("admin").command({ hello: 1 });
    return true;
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
};

/** How one run of the document store is to be started. */
export type StoreStart = {
  readonly installation: StoreInstallation;
  readonly directory: string;
  readonly port: number;
  readonly auth: boolean;
  readonly tls: StoreTls | undefined;
  readonly limit: number;
  readonly background: boolean;
  readonly ended: Ended | undefined;
};

/** Starts the document store and waits until it answers. */
export const launchStore = async ({ installation, directory, port, auth, tls, limit, background, ended }: StoreStart): Promise<Running> => {
  const storage = join(directory, "data");
  const bounds = installation.form === "native" ? ["--log-file-max", "32MB", "--oplog-max-entries", "20000"] : [];
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--storage-path", storage, "--sync-on-commit", "--cache-size", "256M"];
  const running = await startProgram({
    name: "document store",
    command: installation.command,
    args: [...installation.args, ...flags, ...bounds, ...(tls ? tlsFlags(tls) : []), ...(auth ? ["--auth"] : [])],
    directory,
    logFile: join(directory, "server.log"),
    pidFile: storePidFile(directory),
    background,
    ended,
  });
  const answer = await waitFor(async () => (running.hasExited() ? "ended" : (await answers(port, tls)) && "ready"), limit, 20);
  if (answer === "ready") return running;
  const what = answer === "ended" ? `ended with ${await running.exited} while it started` : `did not answer within ${limit / 1000} s`;
  await running.kill();
  throw new EmbeddedError("notReady", `the document store ${what}; the end of its log:\n${tail(running.logTail()) || "  (empty)"}`);
};
