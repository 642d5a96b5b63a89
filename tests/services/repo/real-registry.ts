import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../../../infra/embedded/command.ts";
import { installOnce } from "../../../infra/embedded/installing.ts";
import { cacheDirectory } from "../../../infra/embedded/places.ts";
import { freePorts, isListening } from "../../../infra/embedded/ports.ts";
import { startProgram } from "../../../infra/embedded/program.ts";
import { eventually } from "../../eventually.ts";
import { temporaryDirectory } from "../../infra/embedded/temporary-directory.ts";

const VERSION = "v0.20.7";

/** The registry of go-containerregistry, built with Go once. */
const program = async (): Promise<string> => {
  const directory = join(cacheDirectory(), `registry-${VERSION}`);
  await installOnce(
    directory,
    () => {},
    600_000,
    async (partial) => {
      const args = [`GOBIN=${partial}`, "go", "install", `github.com/google/go-containerregistry/cmd/registry@${VERSION}`];
      const { status, output } = await run("env", args, { limit: 600_000 });
      if (status !== "succeeded") throw new Error(`Go cannot build the registry:\n${tail(output)}`);
    },
  );
  return join(directory, "registry");
};

/** A real registry, which everybody may read and write. */
export const realRegistry = async () => {
  const [directory, [port = 0]] = [temporaryDirectory(), await freePorts(1)];
  const files = { logFile: join(directory, "registry.log"), pidFile: join(directory, "registry.pid") };
  const args = ["-port", String(port)];
  const { stop } = await startProgram({ name: "registry", command: await program(), args, directory, ...files, background: true });
  await eventually("the registry listens", () => isListening(port));
  return {
    port,
    stop,
    /** Pushes a chart as people do. */
    push: (helm: string, path: string, { version, bytes }: { readonly version: string; readonly bytes: Uint8Array }): void => {
      const file = join(directory, `chart-${version}.tgz`);
      writeFileSync(file, bytes);
      execFileSync(helm, ["push", file, `oci://127.0.0.1:${port}/${path}`, "--plain-http"], { stdio: "pipe", env: { HOME: directory } });
    },
  };
};
