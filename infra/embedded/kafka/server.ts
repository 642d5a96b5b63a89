import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Report } from "../installing.ts";
import { withLock } from "../lock.ts";
import type { Ended, Running } from "../program.ts";
import { readyLimit } from "../waiting.ts";
import { applyAcls, type KafkaAcl } from "./acls.ts";
import { administratorOf, plainLogin } from "./administrator.ts";
import { planCluster } from "./cluster.ts";
import type { KafkaConnection } from "./connection.ts";
import { installKafka } from "./install.ts";
import type { KafkaInstallation } from "./installation.ts";
import { startNode } from "./node.ts";
import { type KafkaQuota, putQuotas } from "./quotas.ts";
import { nodeReady } from "./ready.ts";
import { putScramUsers } from "./scram.ts";
import type { KafkaNode, KafkaSettings, KafkaUser, ServerTls } from "./settings.ts";

/** Options for starting an embedded Kafka. */
export type KafkaOptions = {
  /** Keeps data, ports, logs and process ids; the same directory continues the same cluster. */
  readonly directory: string;
  /** The port of the first broker; the others use the following ports. Default: free ports, which later starts reuse. */
  readonly port?: number;
  readonly nodes?: 1 | 3;
  readonly settings?: KafkaSettings;
  readonly tls?: ServerTls;
  /** Who may log in with PLAIN, besides the administrator. Not remembered by the directory. */
  readonly users?: readonly KafkaUser[];
  /** Who may log in with SCRAM. The directory remembers them. */
  readonly thirdParties?: readonly KafkaUser[];
  /** What a broker gives each of them at most. The directory remembers it. */
  readonly quota?: KafkaQuota;
  /** What these users may do. */
  readonly acls?: readonly KafkaAcl[];
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
  /** As the administrator, who may do everything. */
  readonly connection: KafkaConnection;
  /** As one of the given users. */
  readonly as: (user: string) => KafkaConnection;
  /** The process ids of the nodes that run. */
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
  /** Kills a node (1 to 3), or all nodes, with SIGKILL. */
  readonly kill: (node?: number) => Promise<void>;
  /** Restarts a node, or all nodes, on the same ports and data. */
  readonly restart: (node?: number) => Promise<void>;
};

const start = async (options: KafkaOptions, installation: KafkaInstallation, directory: string, limit: number): Promise<KafkaServer> => {
  const { settings, tls, users = [], thirdParties = [], quota, acls, java, background, ended } = options;
  const { clusterId, nodes } = await planCluster(directory, options);
  const administrator = administratorOf(directory);
  const security = { administrator, users, tls };
  const ssl = tls && { ssl: { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) } };
  const brokers = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const connection = { brokers, ...ssl, ...plainLogin(administrator) };
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
        await startNode({
          ...{ installation, directory, clusterId, cluster: nodes, node, settings, security },
          java,
          background,
          ended,
        }),
      );
    });
    const expected = living().map((node) => node.id);
    await each(id, async (node) => {
      const program = running.get(node.id);
      if (program) await nodeReady(node, program, expected, limit, connection);
    });
  };
  try {
    await restart();
    if (thirdParties.length > 0) await putScramUsers(connection, thirdParties);
    if (quota) for (const { name } of thirdParties) await putQuotas(connection, name, quota);
    if (acls)
      await applyAcls(
        connection,
        [...users, ...thirdParties].map(({ name }) => name),
        acls,
      );
  } catch (failure) {
    await stop();
    throw failure;
  }
  return {
    connection,
    as: (name) => {
      const scram = thirdParties.find((user) => user.name === name);
      const user = scram ?? users.find((user) => user.name === name);
      if (!user) throw new Error(`Kafka has no user ${name}`);
      return { brokers, ...ssl, sasl: { mechanism: scram ? "scram-sha-512" : "plain", username: name, password: user.password } };
    },
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
