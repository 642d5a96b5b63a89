import { spawn } from "node:child_process";
import { guard } from "./guard.ts";
import { identify } from "./identity.ts";

/** The result of a command; `missing`: the program does not exist. */
export type Ended = { readonly status: "succeeded" | "failed" | "missing"; readonly output: string };

const outputLimit = 64 * 1024;

/** Runs a command to completion and returns the end of its output, stdout and stderr combined. */
export const run = (command: string, args: readonly string[], options: { limit: number; cwd?: string }): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...(options.cwd && { cwd: options.cwd }) });
    const keeper = child.pid === undefined ? undefined : guard(identify(child.pid));
    // Not the timeout option of spawn: its timer keeps running if the program does not exist.
    const timer = setTimeout(() => child.kill("SIGKILL"), options.limit);
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-outputLimit);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (failure) => {
      clearTimeout(timer);
      const missing = "code" in failure && failure.code === "ENOENT";
      resolve({ status: missing ? "missing" : "failed", output: failure.message });
    });
    child.once("exit", () => keeper?.kill("SIGKILL"));
    child.once("close", (code, killedBy) => {
      clearTimeout(timer);
      if (killedBy) output += `\n(ended by ${killedBy} after at most ${options.limit / 1000} s)`;
      resolve({ status: code === 0 ? "succeeded" : "failed", output: output.trim() });
    });
  });

/** The last lines of a long output, indented for a message. */
export const tail = (output: string, lines = 15): string =>
  output
    .split("\n")
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join("\n");
