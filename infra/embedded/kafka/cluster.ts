import { join } from "node:path";
import { EmbeddedError } from "../failure.ts";
import { isRecord, readJson, writeJson } from "../files.ts";
import { demandFree, freePorts, isFree } from "../ports.ts";
import { demandStopped } from "../program.ts";
import { newKafkaId } from "./format.ts";
import { pidFileOf } from "./node.ts";
import type { KafkaNode } from "./settings.ts";

/** The nodes of a directory and their cluster id. */
export type Cluster = { readonly clusterId: string; readonly nodes: readonly KafkaNode[] };

const clusterFile = (directory: string): string => join(directory, "cluster.json");

const isNode = (value: unknown): value is KafkaNode =>
  isRecord(value) && [value.id, value.port, value.controllerPort].every((field) => typeof field === "number");

/** The cluster of a directory. */
export const readCluster = (directory: string): Cluster | undefined => {
  const content = readJson(clusterFile(directory));
  if (!isRecord(content) || typeof content.clusterId !== "string" || !Array.isArray(content.nodes)) return undefined;
  return { clusterId: content.clusterId, nodes: content.nodes.filter(isNode) };
};

const usable = async (port: number | undefined, other: number | undefined): Promise<number> =>
  port !== undefined && (await isFree(port)) ? port : (other ?? 0);

const plan = async (kept: Cluster | undefined, count: number, port: number | undefined): Promise<Cluster> => {
  if (kept && kept.nodes.length !== count) {
    throw new EmbeddedError(
      "otherLayout",
      `the directory holds a Kafka of ${kept.nodes.length} node(s), not ${count}; choose another directory`,
    );
  }
  const free = await freePorts(2 * count);
  const nodes: KafkaNode[] = [];
  for (let index = 0; index < count; index++) {
    const before = kept?.nodes[index];
    const brokerPort = port === undefined ? (before?.port ?? free[index] ?? 0) : port + index;
    await demandFree(brokerPort, `Kafka node ${index + 1}`, "choose another port");
    nodes.push({ id: index + 1, port: brokerPort, controllerPort: await usable(before?.controllerPort, free[count + index]) });
  }
  return { clusterId: kept?.clusterId ?? newKafkaId(), nodes };
};

/** Options of a start for its cluster. */
export type ClusterOptions = { readonly port?: number; readonly nodes?: 1 | 3; readonly takeOver?: boolean };

/** The cluster to start: the existing cluster of the directory, or a new one. Ensures that no node runs and that the ports are free. */
export const planCluster = async (directory: string, { port, nodes, takeOver = false }: ClusterOptions): Promise<Cluster> => {
  const kept = readCluster(directory);
  for (const node of kept?.nodes ?? []) await demandStopped(pidFileOf(directory, node), `Kafka node ${node.id}`, takeOver);
  const cluster = await plan(kept, nodes ?? kept?.nodes.length ?? 1, port);
  writeJson(clusterFile(directory), cluster);
  return cluster;
};
