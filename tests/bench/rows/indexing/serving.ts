import { spawn } from "node:child_process";
import { join } from "node:path";
import { guard } from "../../../../infra/embedded/guard.ts";
import { identify } from "../../../../infra/embedded/identity.ts";

/** Serves a written repository from a process of its own. */
export const serveRepository = (directory: string): Promise<{ readonly url: string; readonly stop: () => void }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "file-server.js"), directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const keeper = child.pid === undefined ? undefined : guard(identify(child.pid));
    child.once("error", reject);
    child.once("exit", (code) => {
      keeper?.kill("SIGKILL");
      reject(new Error(`the file server ended with ${code}`));
    });
    child.stdout.setEncoding("utf8").once("data", (line: string) => resolve({ url: line.trim(), stop: () => child.kill() }));
  });
