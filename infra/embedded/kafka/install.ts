import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { installOnce, type Report } from "../installing.ts";
import { kafkaDirectory, sourceFile, versions } from "../places.ts";
import type { KafkaInstallation } from "./installation.ts";
import { demandJava, findJava, fingerprint } from "./java.ts";
import { prepareQuickStarts } from "./quick-start.ts";

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const downloadLimit = 10 * 60_000;

const download = async (partial: string, report: Report): Promise<void> => {
  report(`Downloading Apache Kafka ${versions.kafka} (37 MB, once)`);
  const args = [
    "-q",
    "-B",
    "-f",
    sourceFile("kafka/pom.xml"),
    copyDependencies,
    `-DoutputDirectory=${join(partial, "libs")}`,
    "-DincludeScope=runtime",
  ];
  const { status, output } = await run("mvn", args, { limit: downloadLimit });
  if (status === "missing") {
    throw new EmbeddedError(
      "toolMissing",
      "mvn is not installed, and Kafka is downloaded with Maven: install Maven (Debian: apt-get install maven), or set KAFKA_BROKERS to a running Kafka",
    );
  }
  if (status === "failed") {
    throw new EmbeddedError(
      "installFailed",
      `Maven cannot download Kafka; check the network and Maven's settings, and try again:\n${tail(output)}`,
    );
  }
};

/** Ensures that Kafka is in the cache, with an archive of its loaded classes that halves the start time. */
export const installKafka = async (report: Report = () => undefined): Promise<KafkaInstallation> => {
  const java = findJava();
  const directory = kafkaDirectory();
  const archive = join(directory, `secured-${fingerprint(java)}.jsa`);
  const formatted = join(directory, "formatted");
  if (!existsSync(archive)) await demandJava(java);
  await installOnce(directory, report, downloadLimit, (partial) => download(partial, report));
  const libs = join(directory, "libs");
  const jars = readdirSync(libs)
    .filter((name) => name.endsWith(".jar"))
    .sort();
  const installation = { java, classpath: jars.map((name) => join(libs, name)).join(":"), archive, formatted };
  if (!existsSync(archive) || !existsSync(formatted)) await prepareQuickStarts(installation, report);
  return installation;
};
