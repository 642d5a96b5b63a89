import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ports } from "../../events/ports.ts";
import { type Instance, instance, type Observer } from "../../events/run.ts";
import { withAccess } from "./access.ts";
import { app } from "./http/app.ts";
import type { Host } from "./http/host.ts";
import { modelsOf } from "./http/reads.ts";
import { identity } from "./identity.ts";
import { type Secured, serverOf } from "./tls/server.ts";
import type { ServiceModule, Tools } from "./tools.ts";

export type Serving = {
  readonly url: string;
  readonly port: number;
  readonly instance: Instance;
  readonly host: Host;
  /** Finishes what is under way: requests first, then the tables' work. Its ports stay open. */
  readonly stop: () => Promise<void>;
};
export type ServeOptions = {
  readonly id: string;
  readonly port: number;
  readonly address: string;
  readonly ports: Ports;
  /** Fails while the store does not answer. */
  readonly ping?: () => Promise<void>;
  /** Can others find it? Whoever replaces an instance ends the old one when the new one is ready, so it must not say so before. */
  readonly known?: () => boolean;
  readonly sealing: Host["edge"]["sealing"];
  /** How long requests wait for what is on its way. */
  readonly wait?: number;
  /** How long a stopping instance goes on answering. */
  readonly grace?: number;
  /** Absent: it speaks plain HTTP. */
  readonly secured?: Secured | undefined;
};

/** Runs a service on given ports and answers for it over HTTP. */
export const serve = async (
  module: ServiceModule,
  tools: Tools,
  { id, port, address, ports, ping, known = () => true, sealing, secured, wait = 2_000, grace = 0 }: ServeOptions,
): Promise<Serving> => {
  const { logger, metrics } = tools;
  const service = withAccess(await module.service(tools));
  const running = instance(service, ports, {
    instance: id,
    guard: tools.guard,
    partitions: tools.config.partitions,
    observer: observer(tools),
  });
  metrics.observe(running);
  let state: "starting" | "ready" | "stopping" = "starting";
  const host: Host = {
    instance: running,
    models: modelsOf(service.projections),
    ports,
    blobs: tools.blobs,
    edge: { sealing, blobs: tools.blobs, clock: tools.clock, random: tools.random },
    identity: identity({ ...ports, changed: running.changed }, wait),
    keys: tools.config.sealingKeys,
    metrics,
    logger,
    ready: async () => [
      ...(state === "ready" ? [] : [`is ${state}`]),
      ...(known() ? [] : ["is not known to others yet"]),
      ...running.troubles(),
      ...(ping
        ? await ping().then(
            () => [],
            () => ["the document store does not answer"],
          )
        : []),
    ],
    wait,
  };
  const server = serverOf(app(host, module.routes?.(tools, host)), secured, logger);
  // Whoever keeps connections open gives idle ones up long before: a request must never meet one that is just being closed here.
  server.keepAliveTimeout = 65_000;
  const requests = track(server);
  // First the port: a process that cannot have it must not take work.
  await listen(server, port, address);
  try {
    await running.start();
    await module.started?.(tools, running);
  } catch (error) {
    server.close();
    await running.stop().catch(() => {});
    throw error;
  }
  state = "ready";
  const bound = (server.address() as AddressInfo).port; // A TCP server's address is one.
  return {
    url: `${secured ? "https" : "http"}://${address.includes(":") ? `[${address}]` : address}:${bound}`,
    port: bound,
    instance: running,
    host,
    stop: async () => {
      state = "stopping";
      // Its announcement is taken back, and those who have not heard that yet are still answered.
      requests.last();
      await tools.clock.sleep(grace);
      await requests.finished();
      await running.stop();
      await module.stopped?.(tools);
    },
  };
};

const observer = ({ logger, metrics, name }: Tools): Observer => ({
  committed: ({ events }) => {
    metrics.commits.inc();
    for (const { type } of events) metrics.events.inc({ type });
  },
  parked: (reason, record, subscription) => {
    metrics.parked.inc({ subscription });
    logger.error(
      { subscription, stream: record.key, eventId: record.headers.ce_id, correlationId: record.headers.ce_correlationid, reason },
      "an event was parked",
    );
  },
  failed: (where, error) => {
    metrics.failures.inc({ where: where.startsWith("effect") ? "effect" : where });
    logger.warn({ where, service: name, error }, "work in the background failed and will be tried again");
  },
});

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      server.off("error", reject);
      resolve();
    });
  });

/** Closes a server without cutting off the requests that it has begun to answer; their connections are not kept for others. */
const track = (server: Server) => {
  const answering = new Set<ServerResponse>();
  let closing = false;
  const last = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader("connection", "close");
  };
  server.prependListener("request", (_request, response) => {
    answering.add(response);
    response.once("close", () => answering.delete(response));
    if (closing) last(response);
  });
  const refuseToKeep = (): void => {
    closing = true;
    for (const response of answering) last(response);
  };
  return {
    /** From now on every answer is the last one on its connection. */
    last: refuseToKeep,
    finished: (): Promise<void> =>
      new Promise((resolve) => {
        refuseToKeep();
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
};
