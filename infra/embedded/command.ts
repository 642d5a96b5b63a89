import { spawn } from "node:child_process";
import { guard } from "./guard.ts";
import { identify } from "./identity.ts";

/** How a command ended; `missing` if there is no such program. */
export type Ended = { readonly status: "succeeded" | "failed" | "missing"; readonly output: string };

const kept = 64 * 1024;

/** Runs a command to its end and keeps the end of what it wrote, both streams together. */
export const run = (command: string, args: readonly string[], options: { limit: number }): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const keeper = child.pid === undefined ? undefined : guard(identify(child.pid));
    // Not the timeout of spawn: its timer goes on when the program does not exist.
    const insist = setTimeout(() => child.kill("SIGKILL"), options.limit);
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-kept);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (failure) => {
      clearTimeout(insist);
      const missing = "code" in failure && failure.code === "ENOENT";
      resolve({ status: missing ? "missing" : "failed", output: failure.message });
    });
    child.once("exit", () => keeper?.kill("SIGKILL"));
    child.once("close", (code, killedBy) => {
      clearTimeout(insist);
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
