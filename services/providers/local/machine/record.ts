import { readFile } from "node:fs/promises";
import type { MachineClock } from "./clock.ts";
import { installed, orMissing, writeAtomically } from "./files.ts";
import { type Lock, lock } from "./lock.ts";
import { type NodePaths, pathsOf } from "./paths.ts";
import type { Identity } from "./processes.ts";
import { MachineError, type MachineLimits, type NodeState } from "./types.ts";

/** What is known of a node's process, whoever supervises it. */
export type ProcessRecord = {
  readonly words: readonly [string, ...string[]];
  /** Whether it should run. */
  readonly wanted: boolean;
  /** A stop was announced: the exit is expected, and no restart follows it. */
  readonly stopping?: boolean;
  readonly restarts: number;
  /** Written before the start, so that a process that started while we ended is found. */
  readonly run: string;
  readonly identity: Identity | null;
  readonly startedAt: number;
};

/** A node as node.json keeps it. */
export type NodeRecord = {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly serverId: number;
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
  readonly removing: boolean;
  readonly succeeded: readonly string[];
  /** Digest of the metadata that the process was started with or last told of. */
  readonly told: string | null;
  readonly process: ProcessRecord | null;
};

/** What the methods of a machine share. */
export type Ground = {
  readonly directory: string;
  readonly limits: MachineLimits;
  readonly clock: MachineClock;
  readonly report: (error: unknown) => void;
  /** Set by close: from then on nothing is started, and no exit is anybody's business. */
  closed: boolean;
};

/** A node in the hands of this life. Its record changes only inside `locked`. */
export type Node = {
  readonly nodeId: string;
  readonly paths: NodePaths;
  readonly locked: Lock;
  readonly commandsInTurn: Lock;
  readonly commands: Map<string, Promise<void>>;
  readonly ending: Set<() => void>;
  record: NodeRecord | undefined;
  loaded: boolean;
  attached: boolean;
  failures: number;
  /** Ends what watches the process or waits to restart it. */
  unwatch: () => void;
};

export const newNode = (directory: string, nodeId: string): Node => ({
  nodeId,
  paths: pathsOf(directory, nodeId),
  locked: lock(),
  commandsInTurn: lock(),
  commands: new Map(),
  ending: new Set(),
  record: undefined,
  loaded: false,
  attached: false,
  failures: 0,
  unwatch: () => undefined,
});

/** The record, read from the disk once a life. */
export const load = async (node: Node): Promise<NodeRecord | undefined> => {
  if (!node.loaded) {
    const text = await orMissing(readFile(node.paths.record, "utf8"));
    node.record = text === undefined ? undefined : JSON.parse(text);
    node.loaded = true;
  }
  return node.record;
};

/** The record of a node that exists and is not about to go. */
export const known = async (node: Node): Promise<NodeRecord> => {
  const record = await load(node);
  if (record === undefined || record.removing) throw new MachineError("unknown", `there is no node ${node.nodeId}`);
  return record;
};

/** On disk first, then in memory. */
export const save = async (node: Node, record: NodeRecord): Promise<void> => {
  await writeAtomically(node.paths.record, JSON.stringify(record, null, 2));
  node.record = record;
};

export const instanceId = (nodeId: string): string => `i-${nodeId}`;

export const stateOf = async ({ nodeId, paths }: Node, record: NodeRecord): Promise<NodeState> => ({
  nodeId,
  clusterId: record.clusterId,
  role: record.role,
  serverId: record.serverId,
  address: record.address,
  instanceId: instanceId(nodeId),
  directory: paths.root,
  package: (await installed(paths)) ?? "",
  process: processState(record.process),
  commands: record.succeeded,
});

const processState = (known: ProcessRecord | null): NodeState["process"] => {
  const restarts = known?.restarts ?? 0;
  if (!known?.wanted) return { status: "stopped", restarts };
  if (known.identity === null) return { status: "restarting", restarts };
  return { status: "running", restarts, pid: known.identity.pid, startedAt: known.startedAt };
};
