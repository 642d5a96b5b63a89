import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../../infra/embedded/platform.ts";
import { kafkaAccess } from "../../infra/platform/kafka.ts";
import type { ServiceProcess } from "../../infra/platform/service-process.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { services } from "../../services/index.ts";
import { endNodes } from "../../services/providers/local/machine.ts";
import { kill, running } from "../services/providers/local/machine/support.ts";
import { processFixture, together } from "../world/servers.ts";

export const serviceNames = Object.keys(services);
export type ServiceName = string;
/** Those whose loss the gateway must make bearable. */
export const behindTheGateway = serviceNames.filter((name) => name !== "api");

/** A whole platform of the very processes that people run, each of which may be started, killed and asked to end by itself. */
export const startFixture = async (
  directory: string,
  report: (text: string) => void,
  more: { readonly [setting: string]: string } = {},
) => {
  const { secrets, users, settings, logs, start: launch } = processFixture(directory, serviceNames);
  const { users: kafkaUsers, acls } = kafkaAccess(await loadServices(services), secrets.kafka);
  report("starts Kafka and the document store");
  const { kafka, store, stop } = await startEmbedded({
    directory: join(directory, "embedded"),
    users,
    access: { users: kafkaUsers, acls },
  });
  const local = mkdtempSync(join(tmpdir(), "pitrix-nodes-"));
  // As root, nodes have users of their own, who pass through here.
  chmodSync(local, 0o711);
  // Nodes of clusters outlive their provider; they must not outlive this process, however it ends.
  const sweep = (): void => {
    for (const pid of running(local)) kill(pid);
  };
  const interrupted = (): void => process.exit(143);
  process.on("exit", sweep).on("SIGTERM", interrupted).on("SIGINT", interrupted);
  const own = { PITRIX_LOCAL_DIRECTORY: local, PITRIX_REPO_PRIVATE_NETWORKS: "127.0.0.0/8", ...more };
  const program = join(import.meta.dirname, "../../services/main.js");
  const processes = new Set<ServiceProcess>();
  /** One more process of a service; resolves when it is ready. `port`: where an earlier one was. */
  const start = async (name: ServiceName, port?: number): Promise<ServiceProcess> => {
    const environment = { ...settings(name, { connection: kafka.as(name), urlFor: store.urlFor }), ...own };
    const ended = (_: string, why: string) => report(`${name} ${why}`);
    const one = await launch({ name, program, environment, ended, ...(port && { port }) });
    processes.add(one);
    return one;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...processes].map((one) => one.stop()));
    await endNodes(local);
    await stop();
    sweep();
    rmSync(local, { recursive: true, force: true });
    process.off("exit", sweep).off("SIGTERM", interrupted).off("SIGINT", interrupted);
  };
  report(`starts ${serviceNames.length} services`);
  await together(serviceNames.map((name) => start(name))).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ...{ kafka, store, secrets, logs, start, close },
    /** The processes of a service that run, the oldest first. */
    running: (service: ServiceName): readonly ServiceProcess[] => [...processes].filter(({ name }) => name === service),
    kill: async (one: ServiceProcess): Promise<void> => {
      processes.delete(one);
      await one.kill();
    },
    stop: async (one: ServiceProcess): Promise<void> => {
      processes.delete(one);
      await one.stop();
    },
  };
};
export type Fixture = Awaited<ReturnType<typeof startFixture>>;
