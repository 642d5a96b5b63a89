import { readFile } from "node:fs/promises";
import type { Edge } from "../../../chassis/http/rows.ts";
import type { MachineClock } from "./clock.ts";
import { installed, orMissing, writeAtomically } from "./files.ts";
import { type Lock, lock } from "./lock.ts";
import { type NodePaths, pathsOf } from "./paths.ts";
import type { Identity } from "./processes.ts";
import { type Authorize, MachineError, type MachineLimits, type NodeEnvironment, type NodeState, type UserIds } from "./types.ts";

/** The recorded state of a node's process. */
export type ProcessRecord = {
  readonly words: readonly [string, ...string[]];
  /** Whether the process should run. */
  readonly wanted: boolean;
  /** Whether a stop was announced, so that the next exit is expected and no restart follows. */
  readonly stopping?: boolean;
  readonly restarts: number;
  /** The run's mark. It is recorded before the start, so that a process that starts during a crash is found. */
  readonly run: string;
  readonly identity: Identity | null;
  readonly startedAt: number;
};

/** The content of node.json. */
export type NodeRecord = {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly serverId: number;
  readonly address: string;
  /** The user that the node's processes run as. Absent if the provider did not run as root when the node was made. */
  readonly uid?: number | undefined;
  readonly env: NodeEnvironment["env"];
  /** Absent in records of earlier versions. */
  readonly secrets?: NodeEnvironment["secrets"];
  readonly removing: boolean;
  readonly succeeded: readonly string[];
  /** The digest of the metadata that the process was started with or last notified of. */
  readonly told: string | null;
  readonly process: ProcessRecord | null;
};

/** The state that the methods of a machine share. */
export type MachineContext = {
  readonly directory: string;
  readonly limits: MachineLimits;
  readonly clock: MachineClock;
  readonly authorize: Authorize;
  /** Undefined if this process is not root: it cannot run anything as another user. */
  readonly userIds: UserIds | undefined;
  readonly open: Edge["open"];
  readonly report: (error: unknown) => void;
  /** Set by `close`. From then on nothing is started, and exits are ignored. */
  closed: boolean;
};

/** A node in memory. Its record changes only inside `locked`. */
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
  /** Cancels the watch of the process or the pending restart. */
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

/** The node's record. It is read from disk once per incarnation. */
export const load = async (node: Node): Promise<NodeRecord | undefined> => {
  if (!node.loaded) {
    const text = await orMissing(readFile(node.paths.record, "utf8"));
    node.record = text === undefined ? undefined : JSON.parse(text);
    node.loaded = true;
  }
  return node.record;
};

/** The record of an existing node. Throws if the node is unknown or being removed. */
export const known = async (node: Node): Promise<NodeRecord> => {
  const record = await load(node);
  if (record === undefined || record.removing) throw new MachineError("unknown", `there is no node ${node.nodeId}`);
  return record;
};

/** Saves the record on disk first, then in memory. */
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
