import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Exit, type Launched, launch } from "./launch.ts";
import { processLog } from "./log-files.ts";
import { metadataDigest } from "./metadata.ts";
import { alive, endAll, findLeader, type Identity } from "./processes.ts";
import { known, load, type MachineContext, type Node, type ProcessRecord, save } from "./record.ts";
import { closedError, type ProcessExit, type ProcessRestart, refused } from "./types.ts";

/** Keeps one process per node running. The caller holds the node's lock. */
export type Supervisor = {
  /** Brings the process to its recorded state, once per incarnation: adopts, restarts or ends it. */
  attach(node: Node): Promise<void>;
  start(node: Node, words: ProcessRecord["words"]): Promise<number>;
  /** Marks the next exit as expected. */
  announceStop(node: Node): Promise<void>;
  stop(node: Node, graceMilliseconds: number): Promise<void>;
};

export type SupervisorReports = { readonly exit: (exit: ProcessExit) => void; readonly restart: (restart: ProcessRestart) => void };

const shortestBackOff = 500;
const longestBackOff = 30_000;
/** After a process has run for this long, its next restart uses the shortest back-off. */
const STABLE_AFTER = 60_000;
const adoptedPoll = 1000;
const leftoverGrace = 2000;
const unfinishedStopGrace = 10_000;

export const supervisor = (context: MachineContext, reports: SupervisorReports): Supervisor => {
  const { clock } = context;
  const unless = () => {
    if (context.closed) throw closedError();
  };
  const end = (node: Node, run: string, leaders: readonly Identity[], graceMilliseconds: number, session?: number) =>
    endAll({
      mark: { data: node.paths.data, run, ...(session === undefined ? {} : { session }) },
      leaders,
      graceMilliseconds,
      clock,
      unless,
    });
  const later = (node: Node, milliseconds: number, work: () => Promise<void>) => {
    if (context.closed) return;
    node.unwatch = clock.after(milliseconds, () => void node.locked(work).catch(context.report));
  };
  /** The process of this run; undefined once it should not run or this machine no longer supervises it. */
  const current = (node: Node, run: string): ProcessRecord | undefined => {
    const { process, removing } = node.record ?? { process: null, removing: true };
    return !context.closed && !removing && process?.run === run && process.wanted ? process : undefined;
  };
  const setProcess = async (node: Node, process: ProcessRecord) => save(node, { ...(await known(node)), process });

  const spawnRun = async (node: Node, words: ProcessRecord["words"], restarts: number): Promise<number> => {
    const record = await known(node);
    const process = { words, wanted: true, restarts, run: `process/${randomUUID()}`, identity: null, startedAt: clock.now() };
    await save(node, { ...record, told: await metadataDigest(node.paths), process });
    const { paths } = node;
    const launched = await launch(context, { record, paths, words, run: process.run, log: processLog, unless });
    try {
      await setProcess(node, { ...process, identity: launched.identity });
    } catch (error) {
      await end(node, process.run, [launched.identity], 0);
      throw error;
    }
    watchChild(node, process.run, launched);
    return launched.identity.pid;
  };
  /** Starts a process for the first time. A process that cannot be started is not retried. */
  const firstRun = async (node: Node, words: ProcessRecord["words"], restarts = 0): Promise<number> => {
    try {
      return await spawnRun(node, words, restarts);
    } catch (error) {
      const failed = node.record?.process;
      if (failed && failed.identity === null && !context.closed) await setProcess(node, { ...failed, wanted: false });
      throw error;
    }
  };
  const watchChild = (node: Node, run: string, { child, exited, identity }: Launched) => {
    node.unwatch = () => child.unref();
    if (context.closed) child.unref();
    void exited.then((exit) => node.locked(() => ended(node, run, identity, exit))).catch(context.report);
  };
  const watchAdopted = (node: Node, run: string, identity: Identity): void =>
    later(node, adoptedPoll, async () => {
      if (current(node, run) === undefined) return;
      if (alive(identity)) watchAdopted(node, run, identity);
      else await ended(node, run, identity, { code: null, signal: null });
    });

  const ended = async (node: Node, run: string, identity: Identity, exit: Exit) => {
    const process = current(node, run);
    if (process === undefined) return;
    const { stopping = false, ...rest } = process;
    if (clock.now() - process.startedAt >= STABLE_AFTER) node.failures = 0;
    try {
      await end(node, run, [], leftoverGrace, identity.pid);
      await setProcess(node, { ...rest, wanted: !stopping, identity: null });
    } finally {
      if (!context.closed && !stopping) {
        reports.exit({ nodeId: node.nodeId, ...exit, restarts: process.restarts });
        restartLater(node, run);
      }
    }
  };
  const restartLater = (node: Node, run: string) => {
    const backOff = Math.min(longestBackOff, shortestBackOff * 2 ** node.failures);
    node.failures += 1;
    later(node, backOff, () => restart(node, run));
  };
  const restart = async (node: Node, run: string) => {
    const process = current(node, run);
    if (process === undefined) return;
    const restarts = process.restarts + 1;
    try {
      await end(node, run, [], leftoverGrace);
      const pid = await spawnRun(node, process.words, restarts);
      reports.restart({ nodeId: node.nodeId, pid, restarts });
    } catch (error) {
      if (context.closed) return;
      context.report(error);
      reports.exit({ nodeId: node.nodeId, code: 127, signal: null, restarts });
      restartLater(node, node.record?.process?.run ?? run);
    }
  };

  const stop = async (node: Node, graceMilliseconds: number) => {
    const process = node.record?.process;
    if (!process || (!process.wanted && process.identity === null)) return;
    const stopping = { ...process, wanted: false };
    if (process.wanted) await setProcess(node, stopping);
    node.unwatch();
    node.failures = 0;
    await end(node, process.run, process.identity === null ? [] : [process.identity], graceMilliseconds);
    await setProcess(node, { ...stopping, identity: null });
  };

  const attach = async (node: Node) => {
    const record = await load(node);
    if (node.attached || record === undefined || record.removing) return;
    const process = record.process;
    if (process?.wanted) {
      const left =
        process.identity !== null && alive(process.identity) ? process.identity : findLeader({ data: node.paths.data, run: process.run });
      if (left !== undefined) {
        if (left !== process.identity) await setProcess(node, { ...process, identity: left });
        watchAdopted(node, process.run, left);
      } else if (process.stopping) {
        await stop(node, leftoverGrace);
      } else {
        if (process.identity !== null) reports.exit({ nodeId: node.nodeId, code: null, signal: null, restarts: process.restarts });
        await restart(node, process.run);
      }
    } else {
      await stop(node, unfinishedStopGrace);
    }
    node.attached = true;
  };

  return {
    attach,
    stop,
    announceStop: async (node) => {
      await attach(node);
      const { process, removing } = node.record ?? { process: null, removing: true };
      if (removing || !process?.wanted || process.stopping) return;
      if (process.identity === null) await stop(node, leftoverGrace);
      else await setProcess(node, { ...process, stopping: true });
    },
    start: async (node, words) => {
      await attach(node);
      if (node.record?.process?.stopping) await stop(node, unfinishedStopGrace);
      const process = (await known(node)).process;
      if (process?.wanted && process.identity !== null && alive(process.identity)) {
        if (isDeepStrictEqual(process.words, words)) return process.identity.pid;
        throw refused(`node ${node.nodeId} runs another command: ${process.words.join(" ")}`);
      }
      node.unwatch();
      if (!process?.wanted) return firstRun(node, words);
      // The process has ended unnoticed or waits for its next restart: this is that restart.
      if (process.identity !== null) reports.exit({ nodeId: node.nodeId, code: null, signal: null, restarts: process.restarts });
      await end(node, process.run, [], leftoverGrace);
      const pid = await firstRun(node, words, process.restarts + 1);
      reports.restart({ nodeId: node.nodeId, pid, restarts: process.restarts + 1 });
      return pid;
    },
  };
};
