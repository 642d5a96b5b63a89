import { keyedTurns } from "../../../events/concurrency.ts";
import type { Signal } from "../../../events/effect.ts";
import type { DeploymentCommand } from "../deployment/domain.ts";
import type { Outside } from "./effects.ts";
import type { Machine, NodeState, ProcessExit } from "./machine/types.ts";

/** What is heard of a machine that nobody asked. */
export type Watched = Pick<Machine, "adopt" | "describe" | "list" | "onExit" | "onRestart">;

/** A restarted process counts as well again once it has stayed up so long. */
const STEADY = 3_000;
const AGAIN = 1_000;

/**
 * What the machine tells unasked: a process ended, it runs again. In the beginning it takes over what still runs and tells how every node is,
 * so that nothing is lost that happened while nobody listened. What is told twice changes nothing: the decider compares.
 */
export const nodeNews =
  ({ machine, sleep }: { readonly machine: Watched; readonly sleep: Outside["sleep"] }): Signal<DeploymentCommand> =>
  (send) => {
    const stopped = new AbortController();
    const turns = keyedTurns();
    const working = new Set<Promise<void>>();

    /** Tells of a node as it is when its turn comes, and again until it is taken. */
    const tell = (nodeId: string, news: (node: NodeState) => DeploymentCommand | undefined): Promise<void> =>
      turns(nodeId, async () => {
        const node = await machine.describe(nodeId);
        const command = node && news(node);
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
      tell(nodeId, ({ clusterId, process }) =>
        process.status === "stopped" ? undefined : { type: "NoteNodeFailed", clusterId, nodeId, reason },
      );
    const recovered = async (nodeId: string, pid: number): Promise<void> => {
      await sleep(STEADY, stopped.signal);
      if (stopped.signal.aborted) return;
      await tell(nodeId, ({ clusterId, process }) =>
        process.status === "running" && process.pid === pid ? { type: "NoteNodeRecovered", clusterId, nodeId } : undefined,
      );
    };
    const present = async ({ nodeId, process }: NodeState): Promise<void> => {
      if (process.status === "restarting") await failed(nodeId, "its process does not stay up");
      if (process.status === "running") await recovered(nodeId, process.pid);
    };

    const inBackground = (work: Promise<void>): void => {
      // A machine that is closed has nothing more to tell.
      const ended: Promise<void> = work.catch(() => {}).finally(() => working.delete(ended));
      working.add(ended);
    };
    const ends = [
      machine.onExit((exit) => inBackground(failed(exit.nodeId, howItEnded(exit)))),
      machine.onRestart(({ nodeId, pid }) => inBackground(recovered(nodeId, pid))),
    ];
    inBackground(
      (async () => {
        // One that cannot be taken over does not keep the others from being told of.
        const nodes = await machine.adopt().catch(() => machine.list());
        await Promise.all(nodes.map(present));
      })(),
    );
    return async () => {
      stopped.abort();
      for (const end of ends) end();
      await Promise.all(working);
    };
  };

const howItEnded = ({ code, signal }: ProcessExit): string => {
  if (signal !== null) return `its process was ended by ${signal}`;
  return code === null ? "its process has ended" : `its process ended with code ${code}`;
};
