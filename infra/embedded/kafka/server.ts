import { join, resolve } from "node:path";
import type { Report } from "../installing.ts";
import { withLock } from "../lock.ts";
import type { Ended, Running } from "../program.ts";
import { readyLimit } from "../waiting.ts";
import { planCluster } from "./cluster.ts";
import { installKafka } from "./install.ts";
import type { KafkaInstallation } from "./installation.ts";
import { startNode } from "./node.ts";
import { nodeReady } from "./ready.ts";
import type { KafkaNode, KafkaSecurity, KafkaSettings } from "./settings.ts";

/** Options for starting an embedded Kafka. */
export type KafkaOptions = {
  /** Keeps data, ports, logs and process ids; the same directory continues the same cluster. */
  readonly directory: string;
  /** The port of the first broker; the others use the following ports. Default: free ports, which later starts reuse. */
  readonly port?: number;
  readonly nodes?: 1 | 3;
  readonly settings?: KafkaSettings;
  /** Transport security and users. Default: any process of this machine can connect. */
  readonly security?: KafkaSecurity;
  /** More options of the Java virtual machine. */
  readonly java?: readonly string[];
  /** Stop a broker that still runs on this directory, instead of failing. */
  readonly takeOver?: boolean;
  /** It does not keep this process alive. */
  readonly background?: boolean;
  /** Called when a server ends unexpectedly. */
  readonly ended?: Ended;
  /** Timeout of a start in milliseconds. Default: two minutes. */
  readonly limit?: number;
  readonly report?: Report;
};

/** An embedded Kafka that answers; its processes end with this one. */
export type KafkaServer = {
  readonly brokers: readonly string[];
  /** The process ids of the nodes that run. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
  /** Kills a node (1 to 3), or all nodes, with SIGKILL. */
  readonly kill: (node?: number) => Promise<void>;
  /** Restarts a node, or all nodes, on the same ports and data. */
  readonly restart: (node?: number) => Promise<void>;
};

const start = async (options: KafkaOptions, installation: KafkaInstallation, directory: string, limit: number): Promise<KafkaServer> => {
  const { settings, security, java, background, ended } = options;
  const { clusterId, nodes } = await planCluster(directory, options);
  const running = new Map<number, Running>();
  const each = async (id: number | undefined, work: (node: KafkaNode) => Promise<unknown>): Promise<void> => {
    await Promise.all(nodes.filter((node) => id === undefined || node.id === id).map(work));
  };
  const living = () => nodes.filter(({ id }) => running.get(id)?.hasExited() === false);
  const stop = () => each(undefined, async (node) => running.get(node.id)?.stop());
  const restart = async (id?: number): Promise<void> => {
    await each(id, async (node) => running.get(node.id)?.stop());
    await each(id, async (node) => {
      running.set(
        node.id,
        await startNode({ installation, directory, clusterId, cluster: nodes, node, settings, security, java, background, ended }),
      );
    });
    const expected = living().map((node) => node.id);
    await each(id, async (node) => {
      const program = running.get(node.id);
      if (program) await nodeReady(node, program, expected, limit, security);
    });
  };
  try {
    await restart();
  } catch (failure) {
    await stop();
    throw failure;
  }
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    get pids() {
      return living().flatMap(({ id }) => running.get(id)?.pid ?? []);
    },
    stop,
    kill: (id) => each(id, async (node) => running.get(node.id)?.kill()),
    restart,
  };
};

/** Starts Kafka in a directory and waits until it answers; installs it first if necessary. */
export const startKafka = async (options: KafkaOptions): Promise<KafkaServer> => {
  const installation = await installKafka(options.report);
  const directory = resolve(options.directory);
  const limit = options.limit ?? readyLimit;
  return withLock(join(directory, "start.lock"), 2 * limit, () => start(options, installation, directory, limit));
};
