import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { dirname } from "node:path";
import { asError } from "../../../../events/index.ts";
import { revealed } from "../../kit/secrets.ts";
import { openLog } from "./log-files.ts";
import type { NodePaths } from "./paths.ts";
import { type Identity, identify } from "./processes.ts";
import type { MachineContext, NodeRecord } from "./record.ts";
import { MachineError, refused } from "./types.ts";

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Launched = { readonly identity: Identity; readonly exited: Promise<Exit>; readonly child: ChildProcess };

export type Launch = {
  readonly record: NodeRecord;
  readonly paths: NodePaths;
  readonly words: readonly [string, ...string[]];
  /** Marks this run and its descendants, so that a later incarnation finds them. */
  readonly run: string;
  readonly log: string;
  /** Called just before the start. It throws if the program must not start any more. */
  readonly unless: () => void;
};

/**
 * The gate of all processes: the only place that starts one, and it asks each time whether the cluster is allowed to. Starts a program of the
 * node's package as the node's user, in its own session, which outlives this process.
 */
export const launch = async (
  { authorize, open, limits, userIds }: MachineContext,
  { record, paths, words: [program, ...rest], run, log, unless }: Launch,
): Promise<Launched> => {
  const { uid } = record;
  if (userIds && uid === undefined)
    throw refused(`node ${record.nodeId} is of a time when this provider did not run as root: it has no user of its own`);
  const file = await openLog(paths, log, limits.logBytes);
  try {
    await authorize(record.clusterId);
    const env = await revealed(open, record.clusterId, record.secrets ?? [], record.env);
    unless();
    const child = started(program, rest, {
      cwd: paths.package,
      env: environment({ ...record, env }, paths, run),
      ...(uid !== undefined && { uid, gid: uid }),
      detached: true,
      shell: false,
      stdio: ["ignore", file.fd, file.fd],
    });
    const failed = new Promise<never>((_, reject) => child.on("error", (cause) => reject(notStarted(program, cause))));
    const exited = new Promise<Exit>((resolve) => {
      child.on("exit", (code, signal) => resolve({ code, signal }));
    });
    // In the same turn: before control returns to the event loop, even an ended child still exists as a zombie.
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) return await failed;
    failed.catch(() => undefined);
    return { identity, exited, child };
  } finally {
    await file.close();
  }
};

/** Starts a program. What Node does not pass on, such as NUL in the environment, is a failure: another attempt would not help. */
const started = (program: string, rest: readonly string[], options: SpawnOptions): ChildProcess => {
  try {
    return spawn(program === "node" ? process.execPath : program, rest, options);
  } catch (cause) {
    throw notStarted(program, asError(cause));
  }
};
const notStarted = (program: string, cause: Error): MachineError =>
  new MachineError("failed", `${program} cannot be started: ${cause.message}`, { exitCode: 127, cause });

const environment = ({ nodeId, address, env }: NodeRecord, paths: NodePaths, run: string): Record<string, string> => ({
  ...env,
  PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: paths.data,
  TMPDIR: paths.data,
  PITRIX_METADATA: paths.metadata,
  PITRIX_NODE_ID: nodeId,
  PITRIX_ADDRESS: address,
  PITRIX_DATA: paths.data,
  PITRIX_RUN: run,
});
