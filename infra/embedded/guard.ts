import { type ChildProcess, spawn } from "node:child_process";
import { type Identity, onLinux } from "./identity.ts";

/**
 * Ends a process, and insists after so many seconds, when the one that runs now ends, however it ends: the pipe closes even after a kill -9. Before each signal it asks whether
 * the process is still the same, since its number may belong to another one by then. Undefined: there is nothing to guard any more.
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

/** What prints when a process has started, as its identity has it; nothing of one that is gone, or only waits to be buried. */
const startOf = (pid: number): string =>
  onLinux
    ? `read -r stat 2>/dev/null < /proc/${pid}/stat && set -- \${stat##*) } && [ "$1" != Z ] && [ "$1" != X ] && echo "\${20}"`
    : `ps -o lstart= -p ${pid} | sed 's/^ *//;s/ *$//'`;
