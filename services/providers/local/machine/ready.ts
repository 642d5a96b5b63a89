import { connect } from "node:net";
import { pause } from "./clock.ts";
import { lastLines, processLog } from "./log-files.ts";
import { alive } from "./processes.ts";
import { known, type MachineContext, type Node } from "./record.ts";
import { closedError, MachineError, type ProcessCommand } from "./types.ts";

/** Waits until the process accepts connections, across restarts. */
export const waitUntilReady = async (
  context: MachineContext,
  node: Node,
  { port, timeoutSeconds }: NonNullable<ProcessCommand["ready"]>,
): Promise<void> => {
  const deadline = context.clock.now() + timeoutSeconds * 1000;
  for (;;) {
    if (context.closed) throw closedError();
    const { address, process } = await known(node);
    if (!process?.wanted) throw new MachineError("failed", `node ${node.nodeId} was stopped before it was ready`);
    const isAlive = process.identity !== null && alive(process.identity);
    if (isAlive && (await accepts(address, port))) return;
    if (context.clock.now() >= deadline) {
      const log = await lastLines(node.paths, processLog);
      const how = isAlive ? `accepts no connection on ${address}:${port}` : "does not stay alive";
      throw new MachineError("timeout", `the process of node ${node.nodeId} ${how} (${timeoutSeconds} s, ${process.restarts} restarts)`, {
        log,
      });
    }
    await pause(context.clock, 50);
  }
};

const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.on("connect", () => answer(true));
    socket.on("timeout", () => answer(false));
    socket.on("error", () => answer(false));
  });
