import { tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import type { Running } from "../program.ts";
import { waitFor } from "../waiting.ts";
import type { KafkaConnection } from "./connection.ts";
import { livingBrokers } from "./probe.ts";
import type { KafkaNode } from "./settings.ts";

const failure = (node: KafkaNode, running: Running, what: string): EmbeddedError => {
  const log = running.logTail();
  if (/BindException|Address already in use/.test(log)) {
    const ports = `${node.port} or ${node.controllerPort}`;
    return new EmbeddedError(
      "portInUse",
      `Kafka node ${node.id}: port ${ports} was taken by another program while it started; start it again or choose another port\n${tail(log)}`,
    );
  }
  return new EmbeddedError("notReady", `Kafka node ${node.id} ${what}; the end of its log:\n${tail(log) || "  (empty)"}`);
};

/** Waits until this node reports all expected nodes, including itself, as alive; kills the node after the limit. */
export const nodeReady = async (
  node: KafkaNode,
  running: Running,
  expected: readonly number[],
  limit: number,
  login: Omit<KafkaConnection, "brokers">,
): Promise<void> => {
  const answer = await waitFor(
    async () => {
      if (running.hasExited()) return "ended";
      const living = await livingBrokers(node.port, login);
      return expected.every((id) => living.includes(id)) ? "ready" : undefined;
    },
    limit,
    20,
  );
  if (answer === "ready") return;
  if (answer === "ended") throw failure(node, running, `ended with ${await running.exited} while it started`);
  await running.kill();
  throw failure(node, running, `did not answer within ${limit / 1000} s`);
};
