import { keyedMutex, type Signal } from "../../../events/index.ts";
import type { DeploymentCommand } from "../kit/deployment.ts";
import type { Machine, NodeState, ProcessExit } from "./machine/types.ts";

/** The dependencies of the signal. */
export type Watched = {
  readonly machine: Pick<Machine, "adopt" | "describe" | "list" | "onExit" | "onRestart">;
  readonly report: (error: unknown) => void;
};

/** A restarted process counts as healthy once it has stayed up this long. */
const STABLE_AFTER = 3_000;
/** The pause before a failed report is sent again. */
const RETRY_PAUSE = 1_000;

/**
 * Reports that a process ended or runs again. Before the provider is ready, it takes over the processes of an earlier incarnation and
 * reports the state of every node, so that no change is lost. Repeated reports change nothing, because the decider compares them.
 */
export const nodeReports: Signal<Watched, DeploymentCommand> = {
  issues: ["NoteNodeFailed", "NoteNodeRecovered"],
  start: async ({ outside: { machine, report }, clock: { sleep }, send }) => {
    const stopped = new AbortController();
    const turns = keyedMutex();
    const working = new Set<Promise<void>>();

    /** Reports the current state of a node, and retries until the store has accepted the report. */
    const reportNode = (nodeId: string, commandFor: (node: NodeState) => DeploymentCommand | undefined): Promise<void> =>
      turns(nodeId, async () => {
        const node = await machine.describe(nodeId);
        const command = node && commandFor(node);
        while (command && !stopped.signal.aborted) {
          const taken = await send(command).then(
            () => true,
            () => false,
          );
          if (taken) return;
          await sleep(RETRY_PAUSE, stopped.signal);
        }
      });
    const failed = (nodeId: string, reason: string): Promise<void> =>
      reportNode(nodeId, (node) =>
        node.process.status === "stopped" ? undefined : { type: "NoteNodeFailed", clusterId: node.clusterId, nodeId, reason },
      );
    const recovered = async (nodeId: string, pid: number): Promise<void> => {
      await sleep(STABLE_AFTER, stopped.signal);
      if (stopped.signal.aborted) return;
      await reportNode(nodeId, (node) =>
        node.process.status === "running" && node.process.pid === pid
          ? { type: "NoteNodeRecovered", clusterId: node.clusterId, nodeId }
          : undefined,
      );
    };
    const present = async (node: NodeState): Promise<void> => {
      if (node.process.status === "restarting") await failed(node.nodeId, "its process does not stay up");
      if (node.process.status === "running") await recovered(node.nodeId, node.process.pid);
    };

    const inBackground = (work: Promise<void>): void => {
      // After `close`, the machine reports nothing.
      const ended: Promise<void> = work.catch(() => {}).finally(() => working.delete(ended));
      working.add(ended);
    };
    const ends = [
      machine.onExit((exit) => inBackground(failed(exit.nodeId, howItEnded(exit)))),
      machine.onRestart(({ nodeId, pid }) => inBackground(recovered(nodeId, pid))),
    ];
    // A node that cannot be adopted must not prevent reports about the others.
    const nodes = await machine.adopt().catch((error: unknown) => {
      report(error);
      return machine.list();
    });
    for (const node of nodes) inBackground(present(node));
    return async () => {
      stopped.abort();
      for (const end of ends) end();
      await Promise.all(working);
    };
  },
};

const howItEnded = ({ code, signal }: ProcessExit): string => {
  if (signal !== null) return `its process was ended by ${signal}`;
  return code === null ? "its process has ended" : `its process ended with code ${code}`;
};
