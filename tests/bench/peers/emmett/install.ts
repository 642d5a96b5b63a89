import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../../infra/embedded/places.ts";

const folder = "tests/bench/peers/emmett";
const names = ["package.json", "package-lock.json", "main.mjs"] as const;
const directory = (): string => join(cacheDirectory(), "bench-emmett-0.42.4");

/** The folder of sources above the compiled file: its script is no TypeScript and is not compiled. */
const sources = (): string => {
  for (let above = dirname(fileURLToPath(import.meta.url)); above !== dirname(above); above = dirname(above))
    if (existsSync(join(above, folder, "package.json"))) return join(above, folder);
  throw new Error(`${folder} is not above this program`);
};

/** Emmett has dependencies of its own, which no other part shares: they are installed beside, once, into the cache. */
export const emmett = {
  program: (): string => join(directory(), "main.mjs"),
  note: "0.42.4, its MongoDB store with an inline projection; answers when Kafka has the event",
  missing: async (): Promise<string | undefined> => {
    try {
      mkdirSync(directory(), { recursive: true });
      for (const name of names) copyFileSync(join(sources(), name), join(directory(), name));
      const done = join(directory(), "installed");
      if (existsSync(done)) return undefined;
      await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: directory(), timeout: 300_000 });
      writeFileSync(done, "");
      return undefined;
    } catch (error) {
      return `its packages cannot be installed: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
    }
  },
};
