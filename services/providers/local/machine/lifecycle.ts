import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { addresses } from "./addresses.ts";
import { checkFiles, installFiles, orMissing } from "./files.ts";
import { endAll } from "./processes.ts";
import { type Ground, instanceId, load, type Node, save } from "./record.ts";
import type { NewNode } from "./types.ts";

/** How nodes come and go; all methods are called inside the node's lock. */
export type Lifecycle = {
  create(node: Node, wanted: NewNode): Promise<{ address: string; instanceId: string }>;
  remove(node: Node): Promise<void>;
  /** Ends whatever carries the node's mark: process, commands, and what they left behind. */
  endEverything(node: Node): Promise<void>;
};

const grace = 2000;

export const lifecycle = (ground: Ground): Lifecycle => {
  const { directory, limits, clock } = ground;
  const home = addresses(directory, limits.nodes);

  const endEverything = async ({ paths, record }: Node) => {
    const leader = record?.process?.identity ?? undefined;
    const leaders = leader === undefined ? [] : [leader];
    await endAll({ mark: { data: paths.data }, leaders, graceMilliseconds: grace, clock, unless: () => undefined });
  };

  const remove = async (node: Node) => {
    const record = await load(node);
    if (record !== undefined) {
      if (!record.removing) await save(node, { ...record, removing: true });
      node.unwatch();
      for (const ending of node.ending) ending();
    }
    await endEverything(node);
    // Out of sight in one step, so that no half of it can be taken for a node.
    const trash = join(directory, "trash", node.nodeId);
    await mkdir(join(directory, "trash"), { recursive: true, mode: 0o700 });
    await rm(trash, { recursive: true, force: true });
    await orMissing(rename(node.paths.root, trash));
    node.record = undefined;
    node.attached = false;
    await rm(trash, { recursive: true, force: true });
    await home.release(node.nodeId);
  };

  return {
    endEverything,
    remove,
    create: async (node, { nodeId, clusterId, role, serverId, files, env }) => {
      checkFiles(files, limits);
      if ((await load(node))?.removing) await remove(node);
      const record = await load(node);
      if (record !== undefined) return { address: record.address, instanceId: instanceId(nodeId) };
      const address = await home.claim(nodeId);
      await mkdir(node.paths.data, { recursive: true, mode: 0o700 });
      await installFiles(node.paths, files);
      const fresh = { removing: false, succeeded: [], told: null, process: null };
      // Written last: a node is there once its record is.
      await save(node, { nodeId, clusterId, role, serverId, address, env, ...fresh });
      return { address, instanceId: instanceId(nodeId) };
    },
  };
};
