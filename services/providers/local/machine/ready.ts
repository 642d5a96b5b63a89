import { connect } from "node:net";
import { pause } from "./clock.ts";
import { lastLines, processLog } from "./log-files.ts";
import { alive } from "./processes.ts";
import { type Ground, known, type Node } from "./record.ts";
import { closedError, MachineError, type ProcessCommand } from "./types.ts";

/** Waits until the process accepts connections, through restarts if need be. */
export const waitUntilReady = async (
  ground: Ground,
  node: Node,
  { port, timeoutSeconds }: NonNullable<ProcessCommand["ready"]>,
): Promise<void> => {
  const deadline = ground.clock.now() + timeoutSeconds * 1000;
  for (;;) {
    if (ground.closed) throw closedError();
    const { address, process } = await known(node);
    if (!process?.wanted) throw new MachineError("failed", `node ${node.nodeId} was stopped before it was ready`);
    const lives = process.identity !== null && alive(process.identity);
    if (lives && (await accepts(address, port))) return;
    if (ground.clock.now() >= deadline) {
      const log = await lastLines(node.paths, processLog);
      const how = lives ? `accepts no connection on ${address}:${port}` : "does not stay alive";
      throw new MachineError("timeout", `the process of node ${node.nodeId} ${how} (${timeoutSeconds} s, ${process.restarts} restarts)`, {
        log,
      });
    }
    await pause(ground.clock, 50);
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
