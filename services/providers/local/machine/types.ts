import type { DeploymentSecret } from "../../../../schemas/generated/events.ts";

/** The files of a package by relative path. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

export type NewNode = {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly serverId: number;
  readonly files: PackageFiles;
} & Partial<NodeEnvironment>;

/** The environment of a node's processes, with markers in the places of its secrets, and the secrets. */
export type NodeEnvironment = {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly DeploymentSecret[];
};

/** A command line. Text is split into words with respect to quotes; a list is used as it is. No shell is involved. */
export type CommandLine = string | readonly string[];

/** A command that ends by itself. A command whose key has succeeded does not run again. */
export type KeyedCommand = { readonly key: string; readonly cmd: CommandLine; readonly timeoutSeconds: number };

/** A long-running process. It is ready when a TCP connection to the node's address and this port succeeds. */
export type ProcessCommand = {
  readonly cmd: CommandLine;
  readonly ready?: { readonly port: number; readonly timeoutSeconds: number };
};

export type ProcessState =
  | { readonly status: "stopped"; readonly restarts: number }
  | { readonly status: "running"; readonly restarts: number; readonly pid: number; readonly startedAt: number }
  | { readonly status: "restarting"; readonly restarts: number };

export type NodeState = {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly serverId: number;
  readonly address: string;
  readonly instanceId: string;
  readonly directory: string;
  /** The digest of the unpacked package. */
  readonly package: string;
  readonly process: ProcessState;
  /** The keys of the commands that succeeded. */
  readonly commands: readonly string[];
};

/** A supervised process ended without a requested stop. Code and signal are null if unknown (the process was adopted or not watched). */
export type ProcessExit = {
  readonly nodeId: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly restarts: number;
};

/** A supervised process was restarted. */
export type ProcessRestart = { readonly nodeId: string; readonly pid: number; readonly restarts: number };

/** This machine as a host of nodes. Every method may be repeated after a crash, and called for several nodes at once. */
export type Machine = {
  /** Creates the directory, unpacked package and loopback address of a node. A repeated call changes nothing. */
  createNode(node: NewNode): Promise<{ address: string; instanceId: string }>;
  /** Switches the package atomically. The data directory stays. A running process keeps the old files until it is restarted. */
  replaceFiles(nodeId: string, files: PackageFiles): Promise<void>;
  /**
   * Writes metadata.json atomically. If it changed, a running process that handles SIGHUP gets that signal. Processes that start from now on
   * have this environment.
   */
  writeMetadata(nodeId: string, metadata: object, environment?: NodeEnvironment): Promise<void>;
  /** Runs a command to its end. A node runs one command at a time. */
  runCommand(nodeId: string, command: KeyedCommand): Promise<void>;
  /**
   * Starts the node's process and keeps it running. A repeated call changes nothing.
   * Throws if the process is not ready in time, but goes on supervising it.
   */
  startProcess(nodeId: string, command: ProcessCommand): Promise<{ pid: number }>;
  /**
   * Announces that a command of the package will stop the process: its exit is neither reported nor followed by a restart.
   * For an unknown or stopped node nothing changes.
   */
  announceStop(nodeId: string): Promise<void>;
  /** Ends the process and its descendants: SIGTERM, after the grace period SIGKILL. For an unknown or stopped node nothing changes. */
  stopProcess(nodeId: string, graceSeconds: number): Promise<void>;
  /** Ends all processes of the node and deletes it. For an unknown node nothing changes. */
  removeNode(nodeId: string): Promise<void>;
  describe(nodeId: string): Promise<NodeState | undefined>;
  list(): Promise<NodeState[]>;
  /** The end of the log of the process ("process") or of a command (its key). */
  logs(nodeId: string, name: string, limitBytes: number): Promise<string>;
  /** Registers a listener, as does `onRestart`, and returns a function that removes it. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
  onRestart(listener: (restart: ProcessRestart) => void): () => void;
  /** Takes over from an earlier incarnation: supervises running processes, starts missing ones, ends unwanted ones, finishes removals. */
  adopt(): Promise<NodeState[]>;
  /** Stops supervising and leaves the processes running. */
  close(): Promise<void>;
  /** Ends all processes of all nodes, then closes. The nodes stay. */
  closeAndStopAll(): Promise<void>;
};

export type MachineLimits = {
  readonly nodes: number;
  readonly packageFiles: number;
  readonly packageBytes: number;
  readonly metadataBytes: number;
  readonly logBytes: number;
};

/** User ids for nodes, the first and the last; no other program may use them. */
export type UserIds = { readonly first: number; readonly last: number };
/** The lists of systemd call these unused. */
export const usualUserIds: UserIds = { first: 1_879_048_192, last: 2_147_352_575 };

/** Whether processes and files of a cluster may come onto this machine now. Throws a MachineError `denied` if not. */
export type Authorize = (clusterId: string) => Promise<void>;

/**
 * `denied`: the cluster is not allowed to use this machine; `refused`: the request can never succeed; `unknown`: the node does not exist; `failed`, `timeout`: the command or process failed or timed
 * out; `closed`: the machine no longer supervises.
 */
export type MachineErrorCode = "denied" | "refused" | "unknown" | "failed" | "timeout" | "closed";

export type MachineErrorDetails = {
  readonly exitCode?: number | null;
  readonly signal?: NodeJS.Signals | null;
  /** The last lines of the log. */
  readonly log?: string;
  readonly cause?: unknown;
};

export class MachineError extends Error {
  override readonly name = "MachineError";
  readonly code: MachineErrorCode;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;

  constructor(code: MachineErrorCode, message: string, { exitCode = null, signal = null, log = "", cause }: MachineErrorDetails = {}) {
    super(log === "" ? message : `${message}\n${log}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.exitCode = exitCode;
    this.signal = signal;
    this.log = log;
  }
}

export const refused = (reason: string, cause?: unknown): MachineError => new MachineError("refused", reason, { cause });

export const closedError = (): MachineError => new MachineError("closed", "the machine is no longer supervised");
