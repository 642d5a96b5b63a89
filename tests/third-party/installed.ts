import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../../infra/embedded/command.ts";
import { installOnce } from "../../infra/embedded/installing.ts";
import { cacheDirectory } from "../../infra/embedded/places.ts";
import { root } from "../root.ts";
import type { Runner } from "./consumer.ts";

const limit = 10 * 60_000;

/** The files of a client in `clients/<name>`, with what its `install` command adds, in the cache: once for each content of these files. */
export const installed = async (name: string, install: (directory: string) => readonly string[]): Promise<string> => {
  const sources = join(root, "tests/third-party/clients", name);
  const hash = createHash("sha256");
  for (const file of readdirSync(sources).sort()) hash.update(file).update(readFileSync(join(sources, file)));
  const directory = join(cacheDirectory(), `third-party-${name}-${hash.digest("hex").slice(0, 12)}`);
  await installOnce(
    directory,
    () => {},
    limit,
    async (partial) => {
      cpSync(sources, partial, { recursive: true });
      const [command = "", ...args] = install(partial);
      const { status, output } = await run(command, args, { limit, cwd: partial });
      if (status === "missing") throw new Error(`${command} is not installed`);
      if (status === "failed") throw new Error(`${command} cannot install the client ${name}:\n${tail(output)}`);
    },
  );
  return directory;
};

/** Python with the clients of `clients/python`. */
export const python = async (): Promise<Runner> => {
  const directory = await installed("python", (into) => [
    "python3",
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--target", join(into, "packages")],
    ...["-r", join(into, "requirements.txt")],
  ]);
  const environment = { PYTHONPATH: join(directory, "packages"), PYTHONDONTWRITEBYTECODE: "1" };
  return { file: "consume.py", directory, command: (file) => ["python3", file], environment };
};

const withMaven = (name: string): Promise<string> =>
  installed(name, (into) => [
    ...["mvn", "-q", "-B", "-f", join(into, "pom.xml"), "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"],
    `-DoutputDirectory=${join(into, "libs")}`,
  ]);

/** Java with Kafka's consumer and Avro's reader. */
export const java = async (): Promise<Runner> => {
  const directory = await withMaven("java");
  return { file: "Consume.java", directory, command: (file) => ["java", "-cp", join(directory, "libs", "*"), file] };
};

/** Kafka's own console consumer. */
export const consoleConsumer = async (): Promise<readonly [string, ...string[]]> => {
  const directory = await withMaven("console");
  return ["java", "-cp", join(directory, "libs", "*"), "org.apache.kafka.tools.consumer.ConsoleConsumer"];
};

/** Go with franz-go, its registry client, and a reader of Avro. */
export const go = async (): Promise<Runner> => {
  const directory = await installed("go", (into) => ["go", "mod", "download", "-C", into]);
  // The program takes the shell's place, so that it ends with it.
  const command = () => ["sh", "-c", "go build -o consume . && exec ./consume"] as const;
  return { file: "main.go", directory, command, environment: { GOFLAGS: "-mod=readonly", GOCACHE: join(directory, "cache") } };
};

/** Confluent's client of the registry for Node. */
export const confluent = async (): Promise<Runner> => {
  const directory = await installed("confluent", (into) => [
    ...["npm", "install", "--prefix", into, "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
  ]);
  return { file: "consume.mjs", directory, command: (file) => [process.execPath, file] };
};
