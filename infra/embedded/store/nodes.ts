import { existsSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedError } from "../failure.ts";
import { isRecord, readJson, writeJson } from "../files.ts";
import { demandFree, freePorts } from "../ports.ts";
import { demandStopped } from "../program.ts";

/** One server of the replica set of a directory. */
export type StoreNode = { readonly id: number; readonly port: number };

/** The name of the replica set, the same everywhere. */
export const setName = "pitrix";

const nodesFile = (directory: string): string => join(directory, "store.json");

export const nodeDirectory = (directory: string, { id }: StoreNode): string => join(directory, `node-${id}`);
export const storePidFile = (directory: string, node: StoreNode): string => join(nodeDirectory(directory, node), "pid.json");

const isNode = (value: unknown): value is StoreNode =>
  isRecord(value) && [value.id, value.port].every((field) => typeof field === "number");

/** The nodes that a directory knows; none if nothing was ever started there. */
export const readNodes = (directory: string): readonly StoreNode[] => {
  const content = readJson(nodesFile(directory));
  return isRecord(content) && Array.isArray(content.nodes) ? content.nodes.filter(isNode) : [];
};

/** What a start may decide about its nodes. */
export type NodesWish = { readonly port?: number; readonly nodes?: 1 | 3; readonly takeOver?: boolean };

/** The nodes to start: the directory's own, or new ones. Fails if the directory is in use or a port is taken. */
export const planNodes = async (directory: string, { port, nodes: count, takeOver = false }: NodesWish): Promise<readonly StoreNode[]> => {
  const kept = readNodes(directory);
  const other = (what: string) => new EmbeddedError("otherLayout", `the directory holds ${what}; choose another directory, or delete it`);
  if (kept.length === 0 && existsSync(nodesFile(directory))) throw other("the data of another document store, which MongoDB cannot read");
  if (count && kept.length > 0 && kept.length !== count) throw other(`a document store of ${kept.length} node(s), not ${count}`);
  for (const node of kept) await demandStopped(storePidFile(directory, node), "the document store", takeOver);
  const wanted = count ?? (kept.length || 1);
  const free = await freePorts(wanted);
  const nodes = free.map((any, index) => ({
    id: index + 1,
    port: port === undefined ? (kept[index]?.port ?? any) : port + index,
  }));
  for (const node of nodes) await demandFree(node.port, "the document store", "choose another port");
  writeJson(nodesFile(directory), { nodes });
  return nodes;
};
