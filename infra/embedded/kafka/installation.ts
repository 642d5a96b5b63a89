import { existsSync } from "node:fs";

/** What is needed to run Kafka. What is prepared for quick starts may be missing. */
export type KafkaInstallation = {
  readonly java: string;
  readonly classpath: string;
  /** The archive of loaded classes. */
  readonly archive: string;
  /** The storage of a node as it is after formatting. */
  readonly formatted: string;
};

const common = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.awt.headless=true", "-Dlog4j2.disableJmx=true"];

/** The arguments of a Java that runs a program of Kafka. */
export const javaArguments = ({ archive, classpath }: KafkaInstallation, options: readonly string[], ...program: string[]): string[] => [
  ...common,
  ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
  ...options,
  "-cp",
  classpath,
  ...program,
];
