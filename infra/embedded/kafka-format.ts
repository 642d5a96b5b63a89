import { randomBytes } from "node:crypto";
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "./command.ts";
import { EmbeddedError } from "./failure.ts";
import { javaArguments, type KafkaInstallation } from "./kafka-installation.ts";

const limit = 60_000;

/** A random identifier as Kafka writes them. */
export const newKafkaId = (): string => {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? newKafkaId() : id;
};

/** Formats with Kafka's own tool. */
export const formatWithTool = async (installation: KafkaInstallation, clusterId: string, properties: string): Promise<void> => {
  const program = ["kafka.tools.StorageTool", "format", "-t", clusterId, "-c", properties];
  const { status, output } = await run(installation.java, javaArguments(installation, [], ...program), { limit });
  if (status !== "succeeded") throw new EmbeddedError("notReady", `Kafka's storage could not be formatted:\n${tail(output)}`);
};

/** Formats the storage of a node: a copy of what the tool made once, with ids of its own, or by the tool. */
export const format = async (
  installation: KafkaInstallation,
  clusterId: string,
  nodeId: number,
  properties: string,
  data: string,
): Promise<void> => {
  // Half formatted by a start that was killed: it holds no message yet.
  rmSync(data, { recursive: true, force: true });
  if (!existsSync(installation.formatted)) return formatWithTool(installation, clusterId, properties);
  cpSync(installation.formatted, data, { recursive: true });
  const ids = { version: 1, "cluster.id": clusterId, "directory.id": newKafkaId(), "node.id": nodeId };
  const lines = Object.entries(ids).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(data, "meta.properties"), lines.join(""));
};
