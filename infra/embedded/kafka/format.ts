import { randomBytes } from "node:crypto";
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { javaArguments, type KafkaInstallation } from "./installation.ts";

const limit = 60_000;

/** A random identifier in Kafka's format. */
export const newKafkaId = (): string => {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? newKafkaId() : id;
};

/** Formats with Kafka's own tool. */
export const formatWithTool = async (installation: KafkaInstallation, clusterId: string, properties: string): Promise<void> => {
  const program = ["kafka.tools.StorageTool", "format", "-t", clusterId, "-c", properties];
  const { status, output } = await run(installation.java, javaArguments(installation, [], ...program), { limit });
  if (status !== "succeeded") throw new EmbeddedError("notReady", `cannot format Kafka's storage:\n${tail(output)}`);
};

/** Formats the storage of a node: copies the prepared storage with new ids, or runs Kafka's tool. */
export const format = async (
  installation: KafkaInstallation,
  clusterId: string,
  nodeId: number,
  properties: string,
  data: string,
): Promise<void> => {
  // A killed start may leave a partly formatted storage; it contains no messages yet.
  rmSync(data, { recursive: true, force: true });
  if (!existsSync(installation.formatted)) return formatWithTool(installation, clusterId, properties);
  cpSync(installation.formatted, data, { recursive: true });
  const ids = { version: 1, "cluster.id": clusterId, "directory.id": newKafkaId(), "node.id": nodeId };
  const lines = Object.entries(ids).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(data, "meta.properties"), lines.join(""));
};
