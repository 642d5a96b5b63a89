import { keyedMutex, type Signal } from "../../../events/index.ts";
import type { DeploymentCommand } from "../deployment/domain.ts";
import type { Machine, NodeState, ProcessExit } from "./machine/types.ts";

/** What the signal needs of the machine. */
export type Watched = {
  readonly machine: Pick<Machine, "adopt" | "describe" | "list" | "onExit" | "onRestart">;
  readonly report: (error: unknown) => void;
};

/** A restarted process counts as healthy once it has stayed up this long. */
const STEADY = 3_000;
/** The pause before a report that the store did not take is sent again. */
const AGAIN = 1_000;

/**
 * Reports what happens on the machine: a process ended, or it runs again. Before the provider is ready it takes over the processes that a
 * former life left, and reports the state of every node, so that nothing is lost that happened meanwhile. Repeats change nothing: the decider compares.
 */
export const nodeReports: Signal<Watched, DeploymentCommand> = {
  issues: ["NoteNodeFailed", "NoteNodeRecovered"],
  start: async ({ outside: { machine, report }, clock: { sleep }, send }) => {
    const stopped = new AbortController();
    const turns = keyedMutex();
    const working = new Set<Promise<void>>();

    /** Reports a node as it is when its turn comes, and again until the store has taken it. */
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
          await sleep(AGAIN, stopped.signal);
        }
      });
    const failed = (nodeId: string, reason: string): Promise<void> =>
      reportNode(nodeId, (node) =>
        node.process.status === "stopped" ? undefined : { type: "NoteNodeFailed", clusterId: node.clusterId, nodeId, reason },
      );
    const recovered = async (nodeId: string, pid: number): Promise<void> => {
      await sleep(STEADY, stopped.signal);
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
      // A closed machine has nothing more to report.
      const ended: Promise<void> = work.catch(() => {}).finally(() => working.delete(ended));
      working.add(ended);
    };
    const ends = [
      machine.onExit((exit) => inBackground(failed(exit.nodeId, howItEnded(exit)))),
      machine.onRestart(({ nodeId, pid }) => inBackground(recovered(nodeId, pid))),
    ];
    // A node that cannot be taken over does not keep the others from being reported.
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
