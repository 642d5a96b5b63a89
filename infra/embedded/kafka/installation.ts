import { existsSync } from "node:fs";

/** The files needed to run Kafka. The prepared files for quick starts may be missing. */
export type KafkaInstallation = {
  readonly java: string;
  readonly classpath: string;
  /** The archive of loaded classes. */
  readonly archive: string;
  /** The freshly formatted storage of a node. */
  readonly formatted: string;
};

const common = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.awt.headless=true", "-Dlog4j2.disableJmx=true"];

/** The Java arguments to run a program of Kafka. */
export const javaArguments = ({ archive, classpath }: KafkaInstallation, options: readonly string[], ...program: string[]): string[] => [
  ...common,
  ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
  ...options,
  "-cp",
  classpath,
  ...program,
];
