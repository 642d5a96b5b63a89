import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { installOnce, type Report } from "../installing.ts";
import { cacheDirectory, sourceFile } from "../places.ts";

const buildLimit = 60 * 60_000;
/** The version of the module `k8s.io/kubernetes` in `go.mod`. */
const VERSION = "1.35.4";

/** What the program is built of. `go.sum` pins the digest of every module. */
const sources = (): readonly string[] => ["main.go", "go.mod", "go.sum"].map((name) => sourceFile(join("kubernetes", name)));

const directory = (): string => {
  const hash = createHash("sha256");
  for (const file of sources()) hash.update(readFileSync(file));
  return join(cacheDirectory(), `kubernetes-${VERSION}-${hash.digest("hex").slice(0, 12)}`);
};

/** The program of the servers of a Kubernetes API, if it has been built on this machine. */
export const builtKubernetes = (): string | undefined => [join(directory(), "kubernetes")].find((program) => existsSync(program));

/** The same, built with Go once: about 10 minutes of one core, and 2 GB of modules and objects in Go's own caches. */
export const installKubernetes = async (report: Report = () => undefined): Promise<string> => {
  await installOnce(directory(), report, buildLimit, async (partial) => {
    report(`Building Kubernetes ${VERSION} (about 10 minutes of one core, once)`);
    const set = (name: string, value: string) => `-X k8s.io/component-base/version.${name}=${value}`;
    const [major = "", minor = ""] = VERSION.split(".");
    const flags = ["-s", "-w", set("gitVersion", `v${VERSION}`), set("gitMajor", major), set("gitMinor", minor)].join(" ");
    const args = ["build", "-C", sourceFile("kubernetes"), "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", flags];
    const { status, output } = await run("go", [...args, "-o", join(partial, "kubernetes"), "."], { limit: buildLimit });
    if (status === "missing")
      throw new EmbeddedError("toolMissing", "Kubernetes is built with Go, which is not on the PATH: install Go 1.25 or newer");
    if (status === "failed") throw new EmbeddedError("installFailed", `Go could not build Kubernetes:\n${tail(output)}`);
  });
  return join(directory(), "kubernetes");
};
