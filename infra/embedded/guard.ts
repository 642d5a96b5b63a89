import { type ChildProcess, spawn } from "node:child_process";
import { type Identity, onLinux } from "./identity.ts";

/**
 * Ends a process when the current process ends: SIGTERM, then SIGKILL after the given seconds. The pipe closes even after a kill -9 of the
 * current process. Before each signal the guard checks that the pid still belongs to the same process. Returns undefined if the process is gone.
 */
export const guard = (kept: Identity | undefined, seconds = 10): ChildProcess | undefined => {
  if (!kept) return undefined;
  const { pid, started } = kept;
  const script = `
    same() { [ "$(${startOf(pid)})" = "${started}" ]; }
    read _
    same && kill -TERM ${pid} || exit 0
    i=0
    while [ $i -lt ${10 * seconds} ] && same; do sleep 0.1; i=$((i+1)); done
    same && kill -KILL ${pid}`;
  const child = spawn("sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => undefined);
  child.unref();
  // Node types stdin as a plain Writable; a pipe is a socket, which must not keep this process alive.
  if (child.stdin && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  return child;
};

/** A shell command that prints the start time of a process as in its identity, and nothing if the process is gone or a zombie. */
const startOf = (pid: number): string =>
  onLinux
    ? `read -r stat 2>/dev/null < /proc/${pid}/stat && set -- \${stat##*) } && [ "$1" != Z ] && [ "$1" != X ] && echo "\${20}"`
    : `ps -o lstart= -p ${pid} | sed 's/^ *//;s/ *$//'`;
