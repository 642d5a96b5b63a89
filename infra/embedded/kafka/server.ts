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

/** How an embedded Kafka is to be started. */
export type KafkaOptions = {
  /** Keeps data, ports, logs and process ids; the same directory continues the same cluster. */
  readonly directory: string;
  /** The port of the first broker, the others follow it; free ones if absent, the same at every later start. */
  readonly port?: number;
  readonly nodes?: 1 | 3;
  readonly settings?: KafkaSettings;
  /** Who may connect, and how; anybody of this machine if absent. */
  readonly security?: KafkaSecurity;
  /** More options of the Java virtual machine. */
  readonly java?: readonly string[];
  /** Stop a broker that still runs on this directory, instead of refusing. */
  readonly takeOver?: boolean;
  /** It does not keep this process alive. */
  readonly background?: boolean;
  /** Told when a server ends without having been asked to. */
  readonly ended?: Ended;
  /** How long a start may take, in milliseconds; two minutes if absent. */
  readonly limit?: number;
  readonly report?: Report;
};

/** An embedded Kafka that answers; its processes end with this one. */
export type KafkaServer = {
  readonly brokers: readonly string[];
  /** The process ids of the nodes that run. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
  /** Ends a node (1 to 3), or all, as a crash would. */
  readonly kill: (node?: number) => Promise<void>;
  /** Starts a node, or all, again on the same ports and data; one that runs is stopped first. */
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

/** Starts Kafka in a directory and waits until it answers; installs it first if need be. */
export const startKafka = async (options: KafkaOptions): Promise<KafkaServer> => {
  const installation = await installKafka(options.report);
  const directory = resolve(options.directory);
  const limit = options.limit ?? readyLimit;
  return withLock(join(directory, "start.lock"), 2 * limit, () => start(options, installation, directory, limit));
};
