import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { addresses } from "./addresses.ts";
import { checkFiles, installFiles, orMissing } from "./files.ts";
import { giveTo, makePassable } from "./owner.ts";
import { endAll } from "./processes.ts";
import { instanceId, load, type MachineContext, type Node, save } from "./record.ts";
import type { NewNode } from "./types.ts";
import { users } from "./users.ts";

/** Creation and removal of nodes. The caller holds the node's lock. */
export type Lifecycle = {
  create(node: Node, wanted: NewNode): Promise<{ address: string; instanceId: string }>;
  remove(node: Node): Promise<void>;
  /** Ends all processes with the node's mark: its process, its commands, and their descendants. */
  endEverything(node: Node): Promise<void>;
};

const grace = 2000;

export const lifecycle = (context: MachineContext): Lifecycle => {
  const { directory, limits, clock } = context;
  const home = addresses(directory, limits.nodes);
  const ids = context.userIds && users(directory, context.userIds);

  const endEverything = async ({ paths, record }: Node) => {
    const leader = record?.process?.identity ?? undefined;
    const leaders = leader === undefined ? [] : [leader];
    await endAll({ mark: { data: paths.data, uid: record?.uid }, leaders, graceMilliseconds: grace, clock, unless: () => undefined });
  };

  const remove = async (node: Node) => {
    const record = await load(node);
    if (record !== undefined) {
      if (!record.removing) await save(node, { ...record, removing: true });
      node.unwatch();
      for (const ending of node.ending) ending();
    }
    await endEverything(node);
    // Renamed in one step, so that a half-removed directory is never taken for a node.
    const trash = join(directory, "trash", node.nodeId);
    await mkdir(join(directory, "trash"), { recursive: true, mode: 0o700 });
    await rm(trash, { recursive: true, force: true });
    await orMissing(rename(node.paths.root, trash));
    node.record = undefined;
    node.attached = false;
    await rm(trash, { recursive: true, force: true });
    await home.release(node.nodeId);
    await ids?.release(node.nodeId);
  };

  return {
    endEverything,
    remove,
    create: async (node, { nodeId, clusterId, role, serverId, files, env = {}, secrets = [] }) => {
      checkFiles(files, limits);
      if ((await load(node))?.removing) await remove(node);
      const record = await load(node);
      if (record !== undefined) return { address: record.address, instanceId: instanceId(nodeId) };
      if (ids) await makePassable(directory, join(directory, "nodes"));
      const address = await home.claim(nodeId);
      // What an attempt before this one left may be another user's.
      await rm(node.paths.root, { recursive: true, force: true });
      const uid = await ids?.claim(nodeId);
      await mkdir(node.paths.data, { recursive: true, mode: 0o700 });
      await installFiles(node.paths, files, uid);
      await giveTo(uid, node.paths);
      const fresh = { removing: false, succeeded: [], told: null, process: null };
      // Written last: a node exists once its record does.
      await save(node, { nodeId, clusterId, role, serverId, address, uid, env, secrets, ...fresh });
      return { address, instanceId: instanceId(nodeId) };
    },
  };
};
