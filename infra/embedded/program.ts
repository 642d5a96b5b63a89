import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EmbeddedError } from "./failure.ts";
import { isRecord, readJson, writeJson } from "./files.ts";
import { guard } from "./guard.ts";
import { type Identity, identify, isAlive, signal, toIdentity } from "./identity.ts";
import { waitFor } from "./waiting.ts";

/** Called with a text that says which program ended, and how. */
export type Ended = (what: string) => void;

/** How to start a server program. */
export type Program = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly logFile: string;
  readonly pidFile: string;
  /** It does not keep this process alive. */
  readonly background: boolean;
  /** Called when the program ends unexpectedly. */
  readonly ended?: Ended | undefined;
};

/** A server program that runs as a direct child of this process. */
export type Running = {
  readonly pid: number;
  /** Resolves to the way it ended. */
  readonly exited: Promise<string>;
  readonly hasExited: () => boolean;
  /** Sends SIGTERM, then SIGKILL after the limit (milliseconds). */
  readonly stop: (limit?: number) => Promise<void>;
  /** Sends SIGKILL. */
  readonly kill: () => Promise<void>;
  /** The end of its output since its start. */
  readonly logTail: () => string;
};

const largestLog = 8 * 1024 * 1024;
const stopLimit = 10_000;

const openLog = (path: string): { file: number; from: number } => {
  mkdirSync(dirname(path), { recursive: true });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largestLog) renameSync(path, `${path}.1`);
  return { file: openSync(path, "a"), from: size > largestLog ? 0 : size };
};

const describeExit = (code: number | null, killedBy: NodeJS.Signals | null): string =>
  killedBy ? `signal ${killedBy}` : `exit code ${code}`;

/** Starts the program with its output in a file and its identity in a pid file. It does not wait for it to be ready. */
export const startProgram = async (program: Program): Promise<Running> => {
  const log = openLog(program.logFile);
  // Its own process group: Ctrl-C reaches only this process, which then stops its servers in order.
  const child = spawn(program.command, program.args, { cwd: program.directory, stdio: ["ignore", log.file, log.file], detached: true });
  closeSync(log.file);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new EmbeddedError("toolMissing", `cannot start ${program.command}: ${cause.message}`, { cause })),
    );
  });
  const pid = child.pid ?? 0;
  if (program.background) child.unref();
  const keeper = guard(identify(pid));
  writeJson(program.pidFile, { ...identify(pid), name: program.name, owner: identify(process.pid) });
  let ended = false;
  let asked = false;
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, killedBy) => {
      ended = true;
      keeper?.kill("SIGKILL");
      rmSync(program.pidFile, { force: true });
      if (!asked) program.ended?.(`${program.name} ended with ${describeExit(code, killedBy)}`);
      resolve(describeExit(code, killedBy));
    });
  });
  const stop = async (limit = stopLimit): Promise<void> => {
    if (ended) return;
    asked = true;
    child.ref();
    signal(pid, "SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid,
    exited,
    hasExited: () => ended,
    stop,
    kill: async () => {
      asked = true;
      child.ref();
      if (!ended) child.kill("SIGKILL");
      await exited;
    },
    logTail: () => readFileSync(program.logFile).subarray(log.from).toString("utf8").slice(-4000).trim(),
  };
};

/** The running process of a pid file, and the process that started it; undefined if none runs. */
export const readPidFile = (pidFile: string): { running: Identity; owner: Identity | undefined } | undefined => {
  const content = readJson(pidFile);
  const running = toIdentity(content);
  if (!running || !isRecord(content) || !isAlive(running)) return undefined;
  return { running, owner: toIdentity(content.owner) };
};

/** Stops a process that is not a child of this one. */
export const stopForeign = async (process: Identity, limit = stopLimit): Promise<void> => {
  const gone = () => (isAlive(process) ? undefined : true);
  if (isAlive(process)) signal(process.pid, "SIGTERM");
  if (await waitFor(gone, limit)) return;
  signal(process.pid, "SIGKILL");
  await waitFor(gone, limit);
};

/**
 * Ensures that no process of this pid file runs: waits for a server whose owner died,
 * stops any other server if `takeOver` is set, and fails otherwise.
 */
export const demandStopped = async (pidFile: string, name: string, takeOver: boolean): Promise<void> => {
  const found = readPidFile(pidFile);
  if (!found) return;
  const orphan = found.owner === undefined || !isAlive(found.owner);
  if (takeOver) return stopForeign(found.running);
  if (orphan && (await waitFor(() => (isAlive(found.running) ? undefined : true), stopLimit))) return;
  throw new EmbeddedError(
    "alreadyRunning",
    `${name} already runs on this directory with process id ${found.running.pid}; stop it, use another directory, or take it over`,
  );
};
