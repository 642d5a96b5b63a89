import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFile } from "../places.ts";
import { type Ended, type Running, startProgram } from "../program.ts";
import { format } from "./format.ts";
import { javaArguments, type KafkaInstallation } from "./installation.ts";
import { type KafkaNode, type KafkaSecurity, type KafkaSettings, keyStoreOf, serverProperties } from "./settings.ts";

/** How to start one node. */
export type NodeStart = {
  readonly installation: KafkaInstallation;
  readonly directory: string;
  readonly clusterId: string;
  readonly cluster: readonly KafkaNode[];
  readonly node: KafkaNode;
  readonly settings?: KafkaSettings | undefined;
  readonly security: KafkaSecurity;
  /** More options of the Java virtual machine. */
  readonly java?: readonly string[] | undefined;
  /** It does not keep this process alive. */
  readonly background?: boolean | undefined;
  readonly ended?: Ended | undefined;
};

export const pidFileOf = (directory: string, node: KafkaNode): string => join(directory, `node-${node.id}`, "pid.json");

/** Starts one node, formatting its storage the first time. */
export const startNode = async (start: NodeStart): Promise<Running> => {
  const { installation, node, security } = start;
  const directory = join(start.directory, `node-${node.id}`);
  const data = join(directory, "data");
  const properties = join(directory, "server.properties");
  const formatted = join(directory, "formatted");
  mkdirSync(directory, { recursive: true });
  writeFileSync(properties, serverProperties(node, start.cluster, data, security, start.settings), { mode: 0o600 });
  if (security.tls) {
    const { key, cert } = security.tls;
    writeFileSync(keyStoreOf(data), `${readFileSync(key, "utf8")}\n${readFileSync(cert, "utf8")}`, { mode: 0o600 });
  }
  if (!existsSync(formatted)) {
    await format(installation, start.clusterId, node.id, properties, data);
    writeFileSync(formatted, `${start.clusterId}\n`);
  }
  const memory = ["-Xms128m", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError"];
  const logging = `-Dlog4j2.configurationFile=${sourceFile("kafka/log4j2.properties")}`;
  return startProgram({
    name: `Kafka node ${node.id}`,
    command: installation.java,
    args: javaArguments(installation, [...memory, logging, ...(start.java ?? [])], "kafka.Kafka", properties),
    directory,
    logFile: join(directory, "server.log"),
    pidFile: pidFileOf(start.directory, node),
    background: start.background ?? false,
    ended: start.ended,
  });
};
