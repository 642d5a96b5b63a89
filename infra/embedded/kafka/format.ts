import { randomBytes } from "node:crypto";
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import { javaArguments, type KafkaInstallation } from "./installation.ts";
import type { KafkaUser } from "./settings.ts";

const limit = 60_000;

/** A random identifier in Kafka's format. */
export const newKafkaId = (): string => {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? newKafkaId() : id;
};

/** Both SCRAM mechanisms for each user. */
const scramArguments = (users: readonly KafkaUser[]): readonly string[] =>
  users.flatMap(({ name, password }) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${name},password=${password}]`]),
  );

/** Formats with Kafka's own tool, which reads its arguments from a file: those of a process are readable by everybody. */
export const formatWithTool = async (
  installation: KafkaInstallation,
  clusterId: string,
  properties: string,
  users: readonly KafkaUser[] = [],
): Promise<void> => {
  const file = `${properties}.format`;
  writeFileSync(file, ["format", "-t", clusterId, "-c", properties, ...scramArguments(users)].join("\n"), { mode: 0o600 });
  try {
    const program = ["kafka.tools.StorageTool", `@${file}`];
    const { status, output } = await run(installation.java, javaArguments(installation, [], ...program), { limit });
    if (status !== "succeeded") throw new EmbeddedError("notReady", `cannot format Kafka's storage:\n${tail(output)}`);
  } finally {
    rmSync(file, { force: true });
  }
};

/** Formats the storage of a node: copies the prepared storage with new ids, or runs Kafka's tool. */
export const format = async (
  installation: KafkaInstallation,
  clusterId: string,
  nodeId: number,
  properties: string,
  data: string,
  users: readonly KafkaUser[] = [],
): Promise<void> => {
  // A killed start may leave a partly formatted storage; it contains no messages yet.
  rmSync(data, { recursive: true, force: true });
  if (!existsSync(installation.formatted) || users.length > 0) return formatWithTool(installation, clusterId, properties, users);
  cpSync(installation.formatted, data, { recursive: true });
  const ids = { version: 1, "cluster.id": clusterId, "directory.id": newKafkaId(), "node.id": nodeId };
  const lines = Object.entries(ids).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(data, "meta.properties"), lines.join(""));
};
