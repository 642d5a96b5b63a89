import { join } from "node:path";
import { readJson, writeJson } from "./files.ts";
import { identify, isAlive, signal, toIdentity } from "./identity.ts";
import { plainLogin, readAdministrator } from "./kafka/administrator.ts";
import { readCluster } from "./kafka/cluster.ts";
import { pidFileOf } from "./kafka/node.ts";
import { livingBrokers } from "./kafka/probe.ts";
import { kafkaPart, storePart } from "./platform.ts";
import { isListening } from "./ports.ts";
import { readPidFile, stopForeign } from "./program.ts";
import { readNodes, storePidFile } from "./store/nodes.ts";
import { waitFor } from "./waiting.ts";

/** The current state of one server of a directory. */
export type ServerStatus = {
  readonly name: string;
  readonly address: string;
  readonly state: "answers" | "starting" | "stopped";
  readonly pid?: number;
};

const state = (pid: number | undefined, answers: boolean): ServerStatus["state"] =>
  pid === undefined ? "stopped" : answers ? "answers" : "starting";

const describe = async (name: string, port: number, pidFile: string, answers: () => Promise<boolean>): Promise<ServerStatus> => {
  const pid = readPidFile(pidFile)?.running.pid;
  return { name, address: `127.0.0.1:${port}`, state: state(pid, pid !== undefined && (await answers())), ...(pid && { pid }) };
};

/** The servers of a directory; empty if none was ever started there. */
export const statusOf = async (directory: string): Promise<ServerStatus[]> => {
  const kafka = kafkaPart(directory);
  const store = storePart(directory);
  const nodes = readCluster(kafka)?.nodes ?? [];
  const administrator = readAdministrator(kafka);
  const login = administrator ? plainLogin(administrator) : {};
  return Promise.all([
    ...nodes.map((node) =>
      describe(`Kafka node ${node.id}`, node.port, pidFileOf(kafka, node), async () =>
        (await livingBrokers(node.port, login)).includes(node.id),
      ),
    ),
    ...readNodes(store).map((node) => describe("document store", node.port, storePidFile(store, node), () => isListening(node.port))),
  ]);
};

const holderFile = (directory: string): string => join(directory, "up.json");

/** Records this process as the owner of the directory's servers, so that `down` ends it, too. */
export const claimDirectory = (directory: string): void => writeJson(holderFile(directory), identify(process.pid));

const stopLimit = 30_000;

/** Stops the servers of the directory, through their owner process if it is alive. Returns the stopped servers. */
export const stopAll = async (directory: string): Promise<ServerStatus[]> => {
  const kafka = kafkaPart(directory);
  const store = storePart(directory);
  const pidFiles = [
    ...(readCluster(kafka)?.nodes ?? []).map((node) => pidFileOf(kafka, node)),
    ...readNodes(store).map((node) => storePidFile(store, node)),
  ];
  const before = (await statusOf(directory)).filter(({ pid }) => pid !== undefined);
  const holder = toIdentity(readJson(holderFile(directory)));
  if (holder && isAlive(holder)) {
    signal(holder.pid, "SIGTERM");
    await waitFor(() => (isAlive(holder) ? undefined : true), stopLimit);
  }
  await Promise.all(
    pidFiles.map(async (pidFile) => {
      const found = readPidFile(pidFile);
      if (found) await stopForeign(found.running);
    }),
  );
  return before;
};
