import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../command.ts";
import { EmbeddedError } from "../failure.ts";

const needed = 17;

const advice = `Kafka needs Java ${needed} or newer: install it (Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME`;

/** The Java of JAVA_HOME, or the first one on the PATH. */
export const findJava = (): string => {
  const home = process.env.JAVA_HOME;
  const candidates = home ? [join(home, "bin", "java")] : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "java"));
  const java = candidates.find((path) => existsSync(path));
  if (!java)
    throw new EmbeddedError(
      "toolMissing",
      home ? `JAVA_HOME (${home}) does not contain bin/java. ${advice}` : `java is not installed. ${advice}`,
    );
  return java;
};

/** Identifies a Java installation without running it: an archive of classes works only with the Java that wrote it. */
export const fingerprint = (java: string): string => {
  const path = realpathSync(java);
  const { size, mtimeMs } = statSync(path);
  return createHash("sha256").update(`${path} ${size} ${mtimeMs}`).digest("hex").slice(0, 12);
};

/** Fails with advice if this Java is too old for Kafka. */
export const demandJava = async (java: string): Promise<void> => {
  const { status, output } = await run(java, ["-version"], { limit: 30_000 });
  if (status !== "succeeded") throw new EmbeddedError("toolMissing", `${java} does not run: ${output}\n${advice}`);
  const [, major] = /version "(\d+)/.exec(output) ?? [];
  if (Number(major) < needed) throw new EmbeddedError("toolMissing", `${java} is Java ${major}. ${advice}`);
};
