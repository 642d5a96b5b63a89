import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Load, Loaded } from "./load.ts";

/** Runs a load generator as a process of its own. Throws if anything was refused. */
export const runLoad = (load: Load): Promise<Loaded> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "load.js"), JSON.stringify(load)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`the load generator ended with exit code ${code}`));
      const loaded: Loaded = JSON.parse(output);
      if (loaded.failures.length > 0) return reject(new Error(`not carried out: ${loaded.failures.join("; ")}`));
      resolve(loaded);
    });
  });
