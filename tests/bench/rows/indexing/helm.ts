import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../../../infra/embedded/places.ts";
import { contestant } from "../../harness/contestant.ts";
import { serveRepository } from "./serving.ts";

const run = promisify(execFile);
const VERSION = "v3.18.4";
const directory = (): string => join(cacheDirectory(), `bench-helm-${VERSION}`);
/** Of this version, so that figures of two machines are of the same. */
const program = (): string => join(directory(), "helm");

/** Helm is a Go module: built once, into the cache. */
export const helmMissing = async (): Promise<string | undefined> => {
  try {
    mkdirSync(directory(), { recursive: true });
    if (!existsSync(program()))
      await run("go", ["install", `helm.sh/helm/v3/cmd/helm@${VERSION}`], { env: { ...process.env, GOBIN: directory() } });
    return undefined;
  } catch (error) {
    return `there is no helm ${VERSION}, and it cannot be built: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
};
export const helmNote = `${VERSION}: it reads and keeps the index, nothing of each version`;

type Input = { readonly directory: string; readonly count: number };

/** `helm repo add`, and `helm repo update` of what has not changed. */
const compete = (): Promise<void> =>
  contestant<Input>(async ({ directory: repository, count }) => {
    const { url, stop } = await serveRepository(repository);
    const home = mkdtempSync(join(tmpdir(), "pitrix-bench-helm-"));
    const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
    const timed = async (...args: readonly string[]): Promise<number> => {
      const began = performance.now();
      await run(program(), args, { env });
      return (performance.now() - began) / 1000;
    };
    return {
      work: async () => {
        const first = await timed("repo", "add", "bench", url);
        const again = await timed("repo", "update", "bench");
        return { units: count, values: { "first, rate": count / first, "first, s": first, "unchanged, s": again } };
      },
      check: async () => {
        const { stdout } = await run(program(), ["search", "repo", "bench/", "--versions", "--output", "json"], {
          env,
          maxBuffer: 2 ** 28,
        });
        return `${JSON.parse(stdout).length}`;
      },
      close: async () => {
        stop();
        rmSync(home, { recursive: true, force: true });
      },
    };
  });

if (process.argv[1] === import.meta.filename) await compete();
