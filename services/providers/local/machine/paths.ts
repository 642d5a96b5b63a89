import { join } from "node:path";
import { refused } from "./types.ts";

/** The paths of a node's files and directories. */
export type NodePaths = ReturnType<typeof pathsOf>;

export const pathsOf = (directory: string, nodeId: string) => {
  if (!isNodeId(nodeId)) throw refused(`not a node id: ${JSON.stringify(nodeId)}`);
  const root = join(directory, "nodes", nodeId);
  return {
    root,
    record: join(root, "node.json"),
    metadata: join(root, "metadata.json"),
    data: join(root, "data"),
    logs: join(root, "logs"),
    versions: join(root, "versions"),
    package: join(root, "package"),
  };
};

export const isNodeId = (text: string): boolean => /^[A-Za-z0-9-]{1,128}$/.test(text);
