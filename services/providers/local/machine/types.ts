/** The files of a package by relative path. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

export type NewNode = {
  readonly nodeId: string;
  readonly clusterId: string;
  readonly role: string;
  readonly serverId: number;
  readonly files: PackageFiles;
  readonly env: Readonly<Record<string, string>>;
};

/** Text is split into words (quotes respected), a list is taken word by word; no shell sees either. */
export type CommandLine = string | readonly string[];

/** A command that ends by itself; a key that once succeeded is not run again. */
export type KeyedCommand = { readonly key: string; readonly cmd: CommandLine; readonly timeoutSeconds: number };

/** A process that goes on; it is ready when a TCP connection to the node's address and this port succeeds. */
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
  /** Digest of the unpacked package. */
  readonly package: string;
  readonly process: ProcessState;
  /** Keys of the commands that succeeded. */
  readonly commands: readonly string[];
};

/** A supervised process ended although no stop was requested; code and signal are null where nobody could see them (it was adopted, or nobody watched). */
export type ProcessExit = {
  readonly nodeId: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly restarts: number;
};

/** A supervised process that had ended runs again. */
export type ProcessRestart = { readonly nodeId: string; readonly pid: number; readonly restarts: number };

/** This machine as a place for nodes. Every method may be repeated after a crash at any moment, and be called for several nodes at once. */
export type Machine = {
  /** Directory, unpacked package and loopback address of a node; again = no change. */
  createNode(node: NewNode): Promise<{ address: string; instanceId: string }>;
  /** Switches the package atomically; the data directory stays, a running process goes on with the old files until it is restarted. */
  replaceFiles(nodeId: string, files: PackageFiles): Promise<void>;
  /** Writes metadata.json atomically; a running process that handles SIGHUP gets one, only if something changed. */
  writeMetadata(nodeId: string, metadata: object): Promise<void>;
  /** Runs a command to its end, one at a time on a node. */
  runCommand(nodeId: string, command: KeyedCommand): Promise<void>;
  /** Starts the node's process and keeps it running; again = no change. One that is not ready in time is an error, but stays supervised. */
  startProcess(nodeId: string, command: ProcessCommand): Promise<{ pid: number }>;
  /**
   * A command of the package is about to stop the process: its exit is neither reported nor followed by a restart.
   * Unknown or stopped = no change.
   */
  announceStop(nodeId: string): Promise<void>;
  /** SIGTERM, after the grace SIGKILL, to the process and all that it started; again or unknown = no change. */
  stopProcess(nodeId: string, graceSeconds: number): Promise<void>;
  /** Ends all that runs on the node and deletes it; unknown = no change. */
  removeNode(nodeId: string): Promise<void>;
  describe(nodeId: string): Promise<NodeState | undefined>;
  list(): Promise<NodeState[]>;
  /** The end of the log of the process ("process") or of a command (its key). */
  logs(nodeId: string, name: string, limitBytes: number): Promise<string>;
  /** Answers a function that ends the listening, as does `onRestart`. */
  onExit(listener: (exit: ProcessExit) => void): () => void;
  onRestart(listener: (restart: ProcessRestart) => void): () => void;
  /** Takes over what a former life left: supervises what runs, starts what should run, ends what should not, finishes removals. */
  adopt(): Promise<NodeState[]>;
  /** Stops supervising and leaves the processes running. */
  close(): Promise<void>;
  /** Ends everything on every node, then closes; the nodes stay. */
  closeAndStopAll(): Promise<void>;
};

export type MachineLimits = {
  readonly nodes: number;
  readonly packageFiles: number;
  readonly packageBytes: number;
  readonly metadataBytes: number;
  readonly logBytes: number;
};

/** `refused`: it will never work; `unknown`: no such node; `failed` and `timeout`: the command or process did; `closed`: no longer supervising. */
export type MachineErrorCode = "refused" | "unknown" | "failed" | "timeout" | "closed";

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
