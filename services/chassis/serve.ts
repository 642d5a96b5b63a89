import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Ports } from "../../events/index.ts";
import { type Instance, instance } from "../../events/runtime.ts";
import { access } from "./access/access.ts";
import { identity } from "./access/identity.ts";
import { contract } from "./contract.ts";
import type { Dependencies } from "./dependencies.ts";
import { app } from "./http/app.ts";
import type { ConnectionLimits } from "./http/connections.ts";
import type { Host } from "./http/host.ts";
import { modelsOf } from "./http/reads.ts";
import { type Secured, serverOf } from "./http/server.ts";
import { observerOf } from "./process/observer.ts";
import type { AnyService, Opened } from "./service.ts";

export type Serving = {
  readonly url: string;
  /** Where those who operate it ask. */
  readonly operationsUrl: string;
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
  /**
   * What else keeps it from its promises. Also that others cannot find it yet: whoever replaces an instance ends the old one when the new
   * one is ready, so it must not say so before.
   */
  readonly healthReasons?: () => readonly string[];
  readonly sealing: Host["edge"]["sealing"];
  /** How long requests wait for what is on its way. */
  readonly wait?: number;
  /** How long a stopping instance goes on answering. */
  readonly grace?: number;
  /** What a connection may cost, where that is not what the settings say. */
  readonly limits?: Partial<ConnectionLimits>;
  /** Absent: it speaks plain HTTP. */
  readonly secured?: Secured | undefined;
  /** A port of their own for those who operate it; absent: the same. */
  readonly operations?: { readonly port: number; readonly secured: Secured | undefined } | undefined;
};

/** Milliseconds of each second of an orderly end in which requests may be finished; the rest is for the tables' work. */
const REQUESTS = 500;

/** Runs a service on given ports and answers for it over HTTP. */
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
  // The service's outside and its tables fit each other.
  const { outside, routes, close } = (await (await service.outside?.())?.open(dependencies as never)) ?? nothing;
  const running = instance(service, ports, contract, {
    instance: id,
    outside: outside as never,
    settings: dependencies.settings,
    guard: dependencies.guard,
    partitions: dependencies.config.partitions,
    observer: observerOf(dependencies),
    tracer: dependencies.tracer,
  });
  metrics.observe(running, ports);
  const answers = asking(ping, dependencies.clock);
  let state: "starting" | "ready" | "stopping" = "starting";
  const stopping = new AbortController();
  // Every open stream listens to it.
  setMaxListeners(0, stopping.signal);
  const host: Host = {
    service,
    outside,
    instance: running,
    models: modelsOf(service.projections),
    ports,
    blobs: dependencies.blobs,
    edge: { sealing, blobs: dependencies.blobs, clock: dependencies.clock, random: dependencies.random },
    identity: identity(
      { ...ports, collections: running.collections, changed: running.changed, writes: () => running.writes(access) },
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
    stopping: stopping.signal,
    wait,
  };
  const limits = { most: dependencies.config.connections, ...bounds };
  const { server, ending } = serverOf(app(host, routes?.(host), !operations), secured, logger, limits);
  const inside = operations && serverOf(app(host), operations.secured, logger, limits).server;
  // First the port: a process that cannot have it must not take work.
  await listen(server, port, address);
  try {
    if (inside) await listen(inside, operations.port, address);
    await running.start();
  } catch (error) {
    server.close();
    inside?.close();
    await running.stop().catch(() => {});
    await close?.();
    throw error;
  }
  state = "ready";
  const bound = portOf(server);
  const urlOf = (port: number, secure: boolean) =>
    `${secure ? "https" : "http"}://${address.includes(":") ? `[${address}]` : address}:${port}`;
  const url = urlOf(bound, secured !== undefined);
  return {
    url,
    operationsUrl: inside ? urlOf(portOf(inside), operations.secured !== undefined) : url,
    port: bound,
    instance: running,
    host,
    stop: async () => {
      state = "stopping";
      stopping.abort();
      // Its announcement is taken back, and those who have not heard that yet are still answered.
      ending.last();
      await dependencies.clock.sleep(grace);
      await ending.finished(dependencies.clock, dependencies.config.shutdownSeconds * REQUESTS);
      await running.stop();
      await close?.();
      inside?.close();
      inside?.closeAllConnections();
    },
  };
};

/** A service that needs nothing of the outside. */
const nothing: Opened<unknown> = { outside: undefined };

/** How long the store may take to answer whoever asks whether it does. */
const PATIENCE = 2_000;

/** Asks one question at a time, however many want to know. */
const asking = (ping: () => Promise<void>, clock: Clock): (() => Promise<boolean>) => {
  let asked: Promise<boolean> | undefined;
  return async () => {
    asked ??= ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asked = undefined;
      });
    const enough = new AbortController();
    const answered = await Promise.race([asked, clock.sleep(PATIENCE, enough.signal).then(() => false)]);
    enough.abort("answered");
    return answered;
  };
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port; // A TCP server's address is one.

/** Connections that wait to be taken. Linux resets some of those that find Node's 511 places taken; it has 4,096 unless told otherwise. */
const BACKLOG = 4_096;

const listen = (server: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: address, backlog: BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
