import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isRecord } from "./files.ts";

/** A process that can be recognised later: a number alone may meanwhile belong to another one. */
export type Identity = { readonly pid: number; readonly started: string };

export const onLinux = existsSync("/proc/self/stat");

const startedAt = (pid: number): string | undefined => {
  try {
    if (onLinux) {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // Of a program with many threads the first may be over, and shown as a zombie, while others still hold its files and ports.
      const isOver = state === "X" || (state === "Z" && Number(rest[16]) <= 1);
      return isOver ? undefined : rest[18];
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
};

/** The identity of a living process. */
export const identify = (pid: number): Identity | undefined => {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
};

/** The identity that a file holds. */
export const toIdentity = (value: unknown): Identity | undefined =>
  isRecord(value) && typeof value.pid === "number" && typeof value.started === "string"
    ? { pid: value.pid, started: value.started }
    : undefined;

export const isAlive = (process: Identity): boolean => startedAt(process.pid) === process.started;

/** Sends a signal; a process that is gone is no failure. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (failure) {
    if (!(failure instanceof Error && "code" in failure && failure.code === "ESRCH")) throw failure;
  }
};
