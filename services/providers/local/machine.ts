import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Edge } from "../../chassis/http/rows.ts";
import { type MachineClock, systemClock } from "./machine/clock.ts";
import { runCommand } from "./machine/commands.ts";
import { checkFiles, installFiles, orMissing } from "./machine/files.ts";
import { lifecycle } from "./machine/lifecycle.ts";
import { tail } from "./machine/log-files.ts";
import { writeMetadata } from "./machine/metadata.ts";
import { isNodeId } from "./machine/paths.ts";
import { waitUntilReady } from "./machine/ready.ts";
import { known, load, type MachineContext, type Node, newNode, stateOf } from "./machine/record.ts";
import { supervisor } from "./machine/supervisor.ts";
import {
  type Authorize,
  closedError,
  type Machine,
  MachineError,
  type MachineLimits,
  type NodeState,
  type ProcessExit,
  type ProcessRestart,
  type UserIds,
  usualUserIds,
} from "./machine/types.ts";
import { wordsOf } from "./machine/words.ts";

export type { MachineClock } from "./machine/clock.ts";
export * from "./machine/types.ts";

export type LocalMachineOptions = {
  /** The state directory. Only one running machine may use it. */
  readonly directory: string;
  /** Asked before every start of a process and before files of a package come onto this machine. */
  readonly authorize: Authorize;
  /** Used only if this process is root. */
  readonly userIds?: UserIds;
  /** Decrypts the secrets of an environment, at every start of a process. */
  readonly open?: Edge["open"];
  readonly limits?: Partial<MachineLimits>;
  readonly clock?: MachineClock;
  /** Receives errors of background work, such as a failed restart. */
  readonly report?: (error: unknown) => void;
};

const usualLimits: MachineLimits = {
  nodes: 64,
  packageFiles: 10_000,
  packageBytes: 256 * 1024 * 1024,
  metadataBytes: 4 * 1024 * 1024,
  logBytes: 10 * 1024 * 1024,
};

const isRoot = (): boolean => process.getuid?.() === 0;

/** Where the nodes of a platform are unless a setting says so. As root they have users, who cannot pass the platform's own directories. */
export const usualDirectory = (state: string): string =>
  isRoot() ? join("/var/lib/pitrix", createHash("sha256").update(resolve(state)).digest("hex").slice(0, 12)) : join(state, "local");

/** Nodes as supervised processes of this computer. Each node has its own directory and loopback address. */
export const localMachine = ({
  userIds = usualUserIds,
  directory,
  authorize,
  open = () => Promise.reject(new Error("this machine has no keys")),
  limits,
  clock = systemClock,
  report = () => undefined,
}: LocalMachineOptions): Machine => {
  const context: MachineContext = {
    directory: resolve(directory),
    limits: { ...usualLimits, ...limits },
    clock,
    authorize,
    userIds: isRoot() ? userIds : undefined,
    open,
    report: (error) => {
      if (!context.closed) report(error);
    },
    closed: false,
  };
  const { create, remove, endEverything } = lifecycle(context);
  const exits = new Set<(exit: ProcessExit) => void>();
  const restarts = new Set<(restart: ProcessRestart) => void>();
  // In a microtask, so that an exception in a listener does not reach the supervisor.
  const notify = <Report>(listeners: Set<(report: Report) => void>, report: Report) => {
    for (const listener of listeners) queueMicrotask(() => listener(report));
  };
  const supervise = supervisor(context, { exit: (exit) => notify(exits, exit), restart: (restart) => notify(restarts, restart) });
  const nodes = new Map<string, Node>();
  const at = (nodeId: string): Node => {
    if (context.closed) throw closedError();
    const node = nodes.get(nodeId) ?? newNode(context.directory, nodeId);
    nodes.set(nodeId, node);
    return node;
  };
  const all = async () => ((await orMissing(readdir(join(context.directory, "nodes")))) ?? []).filter(isNodeId).sort().map(at);

  // Reading the state takes no lock, so that it does not wait for a running operation, such as a stop with a long grace period.
  const describe = async (node: Node): Promise<NodeState | undefined> => {
    const record = node.loaded ? node.record : await node.locked(() => load(node));
    return record === undefined || record.removing ? undefined : stateOf(node, record);
  };
  const present = async (found: readonly Node[]) => (await Promise.all(found.map(describe))).filter((state) => state !== undefined);

  const machine: Machine = {
    createNode: async (wanted) => {
      const node = at(wanted.nodeId);
      await authorize(wanted.clusterId);
      return node.locked(() => create(node, wanted));
    },
    replaceFiles: async (nodeId, files) => {
      const node = at(nodeId);
      checkFiles(files, context.limits);
      await node.locked(async () => {
        const { clusterId, uid } = await known(node);
        await authorize(clusterId);
        await installFiles(node.paths, files, uid);
      });
    },
    writeMetadata: async (nodeId, metadata, environment) => {
      const node = at(nodeId);
      await node.locked(() => writeMetadata(context, node, metadata, environment));
    },
    runCommand: async (nodeId, command) => runCommand(context, at(nodeId), command),
    startProcess: async (nodeId, { cmd, ready }) => {
      const node = at(nodeId);
      const words = wordsOf(cmd);
      const pid = await node.locked(() => supervise.start(node, words));
      if (ready === undefined) return { pid };
      await waitUntilReady(context, node, ready);
      return { pid: node.record?.process?.identity?.pid ?? pid };
    },
    announceStop: async (nodeId) => {
      const node = at(nodeId);
      await node.locked(() => supervise.announceStop(node));
    },
    stopProcess: async (nodeId, graceSeconds) => {
      const node = at(nodeId);
      await node.locked(async () => {
        const record = await load(node);
        if (record === undefined || record.removing) return;
        node.attached = true;
        await supervise.stop(node, graceSeconds * 1000);
      });
    },
    removeNode: async (nodeId) => {
      const node = at(nodeId);
      await node.locked(() => remove(node));
    },
    describe: async (nodeId) => describe(at(nodeId)),
    list: async () => present(await all()),
    logs: async (nodeId, name, limitBytes) => {
      const node = at(nodeId);
      if ((await describe(node)) === undefined) await known(node);
      return tail(node.paths, name, limitBytes);
    },
    onExit: (listener) => {
      exits.add(listener);
      return () => void exits.delete(listener);
    },
    onRestart: (listener) => {
      restarts.add(listener);
      return () => void restarts.delete(listener);
    },
    adopt: async () => {
      const found = await all();
      const tried = found.map((node) => node.locked(async () => ((await load(node))?.removing ? remove(node) : supervise.attach(node))));
      await Promise.allSettled(tried);
      await Promise.all(tried);
      return present(found);
    },
    close: async () => {
      context.closed = true;
      await Promise.all(
        [...nodes.values()].map(async (node) => {
          node.unwatch();
          for (const ending of node.ending) ending();
          await Promise.allSettled([...node.commands.values(), node.locked(async () => node.unwatch())]);
        }),
      );
    },
    closeAndStopAll: async () => {
      if (context.closed) return;
      const found = await all();
      await Promise.all(found.map((node) => machine.stopProcess(node.nodeId, 5).catch(report)));
      await machine.close();
      await Promise.all(found.map(endEverything));
    },
  };
  return machine;
};

/** Ends all processes of a directory's nodes, whoever started them, and starts none. The nodes stay. */
export const endNodes = async (directory: string): Promise<void> => {
  const authorize = async () => {
    throw new MachineError("denied", "all nodes are being ended");
  };
  const machine = localMachine({ directory, authorize });
  await machine.adopt();
  await machine.closeAndStopAll();
};
