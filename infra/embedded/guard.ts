import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends the process with this id when this one ends, however it ends: the pipe closes even after a kill -9.
 * Whoever calls it kills the guard once the process has ended by itself, since its id may be given away.
 */
export const guard = (pid: number): ChildProcess => {
  const script = `read _; kill -TERM ${pid} 2>/dev/null || exit 0; i=0; while [ $i -lt 100 ] && kill -0 ${pid} 2>/dev/null; do sleep 0.1; i=$((i+1)); done; kill -KILL ${pid} 2>/dev/null`;
  const child = spawn("sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => undefined);
  child.unref();
  // Node types stdin as a plain Writable; a pipe is a socket, which must not keep this process alive.
  if (child.stdin && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  return child;
};
