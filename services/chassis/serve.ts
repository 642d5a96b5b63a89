import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Ports } from "../../events/index.ts";
import { type Instance, instance } from "../../events/runtime.ts";
import { access } from "./access/access.ts";
import { causeCipher } from "./access/causes.ts";
import { guessing, places } from "./access/guessing.ts";
import { identity } from "./access/identity.ts";
import { contract } from "./contract.ts";
import type { Dependencies } from "./dependencies.ts";
import { app } from "./http/app.ts";
import type { ConnectionLimits } from "./http/connections.ts";
import type { Host } from "./http/host.ts";
import { modelsOf } from "./http/reads.ts";
import { type Secured, serverOf } from "./http/server.ts";
import { operatedTable } from "./operator/internal-table.ts";
import { observerOf } from "./process/observer.ts";
import type { AnyService, Opened } from "./service.ts";

export type Serving = {
  readonly url: string;
  /** The URL for operators: /livez, /readyz, /metrics and /internal. */
  readonly operationsUrl: string;
  readonly port: number;
  readonly instance: Instance;
  readonly host: Host;
  /** Drains the service: first requests, then the tables' work. Its ports stay open. */
  readonly stop: () => Promise<void>;
};
export type ServeOptions = {
  readonly id: string;
  readonly port: number;
  readonly address: string;
  readonly ports: Ports;
  /** Rejects while the store does not answer. */
  readonly ping?: () => Promise<void>;
  /**
   * Other reasons why the instance is not ready, for example that others cannot find it yet: a rolling update ends the old instance as soon
   * as the new one is ready.
   */
  readonly healthReasons?: () => readonly string[];
  readonly sealing: Host["edge"]["sealing"];
  /** How long a request waits for a read model to catch up. */
  readonly wait?: number;
  /** How long a stopping instance goes on answering. */
  readonly grace?: number;
  /** Overrides the connection limits of the settings. */
  readonly limits?: Partial<ConnectionLimits>;
  /** The certificates of the public port. Absent: plain HTTP. */
  readonly secured?: Secured | undefined;
  /** A separate port for operators, for a service whose port is public. Absent: its one port serves them too. */
  readonly operations?: { readonly port: number; readonly address: string; readonly secured: Secured | undefined } | undefined;
};

/** Milliseconds of each second of a shutdown for draining requests. The rest is for the tables' work. */
const REQUESTS = 500;

/** Runs a service with the given dependencies and serves it over HTTP. */
export const serve = async (
  service: AnyService,
  dependencies: Dependencies,
  {
    id,
    port,
    address,
    ports,
    ping = async () => {},
    healthReasons = () => [],
    sealing,
    secured,
    wait = 2_000,
    grace = 0,
    limits: bounds,
    operations,
  }: ServeOptions,
): Promise<Serving> => {
  const { logger, metrics } = dependencies;
  // `as` is safe: the service's outside and its tables have matching types.
  const {
    outside,
    inquiries = {},
    warnings = () => [],
    routes,
    background,
    close,
  } = (await (await service.outside?.())?.open(dependencies as never)) ?? nothing;
  const running = instance(
    service,
    ports,
    { ...contract, registry: dependencies.config.publicUrl, causes: causeCipher(dependencies.config.sealingKeys) },
    {
      instance: id,
      outside: outside as never,
      settings: dependencies.settings,
      guard: dependencies.guard,
      partitions: dependencies.config.partitions,
      restoreSkips: dependencies.config.restoreSkips,
      observer: observerOf(dependencies),
      tracer: dependencies.tracer,
    },
  );
  metrics.observe(running, ports);
  const answers = sharedPing(ping, dependencies.clock);
  let state: "starting" | "ready" | "stopping" = "starting";
  const stopping = new AbortController();
  // Every open stream adds a listener.
  setMaxListeners(0, stopping.signal);
  const host: Host = {
    service,
    outside,
    inquiries,
    instance: running,
    models: modelsOf(service.projections),
    ports,
    blobs: dependencies.blobs,
    edge: {
      ...{ sealing, keys: dependencies.config.sealingKeys, blobs: dependencies.blobs },
      ...{ clock: dependencies.clock, random: dependencies.random, guess: guessing(ports), places: places(ports) },
    },
    identity: identity(
      {
        ...ports,
        keys: dependencies.config.sealingKeys,
        collections: running.collections,
        changed: running.changed,
        writes: () => running.writes(access),
      },
      wait,
    ),
    keys: dependencies.config.sealingKeys,
    metrics,
    logger,
    tracer: dependencies.tracer,
    ready: async () => [
      ...(state === "ready" ? [] : [`is ${state}`]),
      ...healthReasons(),
      ...running.healthReasons(),
      ...((await answers()) ? [] : ["the document store does not answer"]),
    ],
    warnings,
    stopping: stopping.signal,
    wait,
  };
  const internal = operatedTable(host, dependencies.tables);
  const limits = { most: dependencies.config.connections, ...bounds };
  const { server, ending } = serverOf(app(host, routes?.(host), operations ? [] : internal), secured, logger, limits);
  const inside = operations && serverOf(app(host, undefined, internal), operations.secured, logger, limits).server;
  // First the port: a process that cannot bind it must not take work.
  await listen(server, port, address);
  try {
    if (inside) await listen(inside, operations.port, operations.address);
    await running.start();
  } catch (error) {
    server.close();
    inside?.close();
    await running.stop().catch(() => {});
    await close?.();
    throw error;
  }
  state = "ready";
  const stopBackground = background?.(host);
  const bound = portOf(server);
  const url = urlOf(bound, address, secured !== undefined);
  return {
    url,
    operationsUrl: inside ? urlOf(portOf(inside), operations.address, operations.secured !== undefined) : url,
    port: bound,
    instance: running,
    host,
    stop: async () => {
      state = "stopping";
      stopping.abort();
      // The announcement is withdrawn; callers that have not received the withdrawal yet are still answered.
      ending.last();
      await dependencies.clock.sleep(grace);
      await ending.finished(dependencies.clock, dependencies.config.shutdownSeconds * REQUESTS);
      await stopBackground?.();
      await running.stop();
      await close?.();
      inside?.close();
      inside?.closeAllConnections();
    },
  };
};

/** The outside of a service without outside dependencies. */
const nothing: Opened<unknown> = { outside: undefined };

/** The timeout of a ping of the store. */
const PING_TIMEOUT = 2_000;

/** Shares one ping among concurrent callers. */
const sharedPing = (ping: () => Promise<void>, clock: Clock): (() => Promise<boolean>) => {
  let pending: Promise<boolean> | undefined;
  return async () => {
    pending ??= ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        pending = undefined;
      });
    const enough = new AbortController();
    const answered = await Promise.race([pending, clock.sleep(PING_TIMEOUT, enough.signal).then(() => false)]);
    enough.abort("answered");
    return answered;
  };
};

const urlOf = (port: number, address: string, secure: boolean): string =>
  `${secure ? "https" : "http"}://${address.includes(":") ? `[${address}]` : address}:${port}`;

const portOf = (server: Server): number => (server.address() as AddressInfo).port; // A TCP server's address is one.

/** The length of the accept queue. Linux resets some connections beyond Node's default of 511; Linux itself allows 4,096 by default. */
const BACKLOG = 4_096;

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: address, backlog: BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
