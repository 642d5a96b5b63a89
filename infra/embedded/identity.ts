import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isRecord } from "./files.ts";

/** Identifies a process by pid and start time, because the system reuses pids. */
export type Identity = { readonly pid: number; readonly started: string };

export const onLinux = existsSync("/proc/self/stat");

const startedAt = (pid: number): string | undefined => {
  try {
    if (onLinux) {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // The first thread of a program may have ended, and appear as a zombie, while other threads still hold its files and ports.
      const isOver = state === "X" || (state === "Z" && Number(rest[16]) <= 1);
      return isOver ? undefined : rest[18];
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
};

/** The identity of a running process; undefined if it does not run. */
export const identify = (pid: number): Identity | undefined => {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
};

/** The identity stored in a file. */
export const toIdentity = (value: unknown): Identity | undefined =>
  isRecord(value) && typeof value.pid === "number" && typeof value.started === "string"
    ? { pid: value.pid, started: value.started }
    : undefined;

export const isAlive = (process: Identity): boolean => startedAt(process.pid) === process.started;

/** Sends a signal; ignores a process that no longer exists. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (failure) {
    if (!(failure instanceof Error && "code" in failure && failure.code === "ESRCH")) throw failure;
  }
};
