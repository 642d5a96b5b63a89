import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../../../infra/embedded/command.ts";
import { installOnce } from "../../../infra/embedded/installing.ts";
import { cacheDirectory, sourceFile } from "../../../infra/embedded/places.ts";
import type { Fixture } from "./fixture.ts";

/** A peer in another language: its sources are in `peers/<name>`, and it is built into the cache when it is first needed. */
export type Foreign = {
  /** The program, or what it is made of. */
  readonly path: (file: string) => string;
  /** Builds it; tells, or throws, why that cannot be. */
  readonly missing: (fixture: Fixture) => Promise<string | undefined>;
};

const limit = 15 * 60_000;
const repository = (): string => join(sourceFile("."), "..", "..");

/** The schemas by their ids, for those who cannot import them. */
export const schemaFile = (): string => join(repository(), "schemas", "ids.json");

/** `build` says how, given the sources and the directory to fill. */
export const foreign = (
  name: string,
  build: (sources: string, into: string) => { readonly command: string; readonly args: readonly string[] },
): Foreign => {
  const sources = join(repository(), "tests", "bench", "peers", name);
  const hash = createHash("sha256");
  for (const file of readdirSync(sources, { recursive: true, withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  const directory = join(cacheDirectory(), `bench-${name}-${hash.digest("hex").slice(0, 12)}`);
  return {
    path: (file) => join(directory, file),
    missing: async ({ foreign: wanted, report }) => {
      if (!wanted) return "left out, since it is written in another language";
      await installOnce(directory, report, limit, async (partial) => {
        const { command, args } = build(sources, partial);
        report(`builds ${name} with ${command}, once`);
        const { status, output } = await run(command, args, { limit });
        if (status === "missing") throw new Error(`${command} is not installed`);
        if (status === "failed") throw new Error(`${command} cannot build it:\n${tail(output)}`);
      });
      return undefined;
    },
  };
};

/** Watermill's forwarder and handler. */
export const watermill = (): Foreign =>
  foreign("watermill", (sources, into) => ({
    command: "go",
    args: ["build", "-C", sources, "-mod=readonly", "-o", join(into, "watermill"), "."],
  }));
export const watermillVersions = "Watermill 1.5.1, watermill-kafka 3.0.6";

/** A state store of Kafka Streams. */
export const streams = (): Foreign =>
  foreign("streams", (sources, into) => ({
    command: "mvn",
    args: [
      ...["-q", "-B", "-f", join(sources, "pom.xml"), `-Dout=${into}`, "compile"],
      ...["org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies", "-DincludeScope=runtime"],
      `-DoutputDirectory=${join(into, "libs")}`,
    ],
  }));
export const streamsVersion = "Kafka Streams 4.1.0";
