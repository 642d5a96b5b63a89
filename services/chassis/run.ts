import { randomBytes, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock, Log } from "../../events/index.ts";
import type { Mongo } from "../../events/mongo/index.ts";
import { documentsOf } from "../../events/runtime.ts";
import { guessing, places } from "./access/guessing.ts";
import { sealing } from "./access/sealing.ts";
import { vendorOf } from "./access/vendors.ts";
import type { Dependencies } from "./dependencies.ts";
import { blobClient } from "./http/blob-client.ts";
import { edgeOf } from "./http/edge.ts";
import { inquirer } from "./http/inquiries.ts";
import { serviceClient } from "./http/service-client.ts";
import { callServices } from "./http/services-client.ts";
import { breakers } from "./process/breaker.ts";
import { httpClient } from "./process/client.ts";
import { systemClock } from "./process/clock.ts";
import type { Config } from "./process/config.ts";
import { connectStore } from "./process/connect.ts";
import { announce, type Directory, directory, dnsDirectory, staticDirectory } from "./process/discovery.ts";
import { type Logger, logging } from "./process/logging.ts";
import { type Metrics, metrics } from "./process/metrics.ts";
import { stopInOrder } from "./process/shutdown.ts";
import { sendAsProcess } from "./process/tls/request.ts";
import type { TransportSecurity } from "./process/tls/transport-security.ts";
import { tracing } from "./process/tracing.ts";
import { type ServeOptions, type Serving, serve } from "./serve.ts";
import type { AnyService } from "./service.ts";

/** Milliseconds between two warnings of forged announcements. */
const FORGED = 60_000;
/** How long a start waits to receive its own announcement. */
const ANNOUNCED = 5_000;

/** The infrastructure of a process: real servers and real time, or in a test memory and a clock that the test moves. */
export type Foundation = {
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly logger: (details: object) => Logger;
  readonly metrics: (service: string) => Metrics;
  readonly openStore: (service: string, logger: Logger) => Promise<Mongo>;
  /** Prints a line for the operator that does not appear in logs. */
  readonly print: (line: string) => void;
  readonly serving: Pick<ServeOptions, "wait" | "grace" | "limits">;
};

export const foundationOf = (config: Config): Foundation => ({
  clock: systemClock,
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  logger: (details) => logging(config.logLevel, details),
  metrics: (service) => {
    const measured = metrics(service);
    measured.process();
    return measured;
  },
  openStore: (service, logger) => connectStore(config, service, systemClock, logger),
  print: (line) => process.stderr.write(`${line}\n`),
  serving: { grace: GRACE },
});

/** The dependencies that the services of one process share: the log and the directory of instances. */
export type Shared = {
  readonly foundation: Foundation;
  readonly config: Config;
  readonly log: Log;
  readonly tls: TransportSecurity;
  readonly directory: Directory;
  /** The tables of all services of the platform. */
  readonly tables: () => Promise<readonly AnyService[]>;
  readonly stop: () => Promise<void>;
};

export const share = async (
  config: Config,
  log: Log,
  tls: TransportSecurity,
  logger: Logger,
  foundation: Foundation = foundationOf(config),
  tables: Shared["tables"] = async () => [],
): Promise<Shared> => {
  const { clock } = foundation;
  const onError = (error: unknown) => logger.warn({ error }, "discovery failed and will be retried");
  let lastWarning = 0;
  const onForged = (instance: string): void => {
    if (clock.now() - lastWarning < FORGED) return;
    lastWarning = clock.now();
    logger.warn({ instance }, "ignored an announcement that this platform has not signed");
  };
  const found = await (config.discovery === "kafka"
    ? directory({ log, clock, keys: config.sealingKeys }, onForged)
    : config.discovery === "dns"
      ? dnsDirectory(config.services, clock, onError)
      : staticDirectory(config.services));
  return { ...{ foundation, config, log, tls, tables }, directory: found, stop: found.stop };
};

/** The share of a shutdown's time limit for the services. The rest is for their shared dependencies. */
const SHARE = 0.8;
/** The time for a withdrawn announcement to reach other processes. */
const GRACE = 400;

export type RunningService = Serving & { readonly name: string; readonly stop: () => Promise<void> };

/** Runs a service in this process, with its own database, consumer groups and port, and announces it once it answers. */
export const runService = async (service: AnyService, shared: Shared): Promise<RunningService> => {
  const { config, log, tls, directory } = shared;
  const { clock, random, print, serving: options } = shared.foundation;
  const { name } = service;
  const id = `${name}-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const logger = shared.foundation.logger({ service: name, instance: id });
  const [store, sealed] = await Promise.all([
    shared.foundation.openStore(name, logger),
    sealing({ log, clock }, config.sealingKeys, random, { service: name, partitions: config.partitions }),
  ]);
  const measured = shared.foundation.metrics(name);
  const traces = await tracing(config, { service: name, instance: id }, measured.spans, logger);
  const broken = breakers({
    onAttempt: measured.call,
    onState: (breaker, state) => {
      measured.breaker(breaker, state);
      if (state !== "closed") logger.warn({ breaker, state }, "a circuit breaker changed");
    },
  });
  const call = httpClient(broken.guard);
  const among = tls.internal && sendAsProcess(tls.internal);
  const ask = serviceClient({ call: httpClient(broken.guard, among?.send), directory, clock }, config.sealingKeys, name);

  const read = documentsOf(service.projections ?? [], store.documents);
  const dependencies: Dependencies = {
    name,
    config,
    settings: config.settingsOf(name),
    clock,
    log,
    logger,
    metrics: measured,
    tracer: traces?.tracer,
    random,
    edge: edgeOf({
      ...{ sealing: sealed, keys: config.sealingKeys, blobs: store.blobs, clock, random },
      ...{ guess: guessing({ documents: store.documents, clock }), places: places({ documents: store.documents, clock }) },
    }),
    blobs: store.blobs,
    document: read.get,
    vendorOf: vendorOf(read),
    print,
    fetchBlob: blobClient(ask),
    inquire: inquirer(ask),
    platform: callServices(ask, directory),
    documents: store.documents,
    guard: broken.guard,
    call,
    directory,
    tables: shared.tables,
    internal: tls.internal,
  };
  const { documents, parking } = store;
  const close = async (): Promise<void> => {
    await sealed.stop();
    broken.stop();
    among?.close();
    await traces?.stop();
    await store.close();
  };
  try {
    const rewrapped = await sealed.rewrap();
    if (rewrapped > 0) logger.info({ keys: rewrapped }, "rewrapped data keys with the current platform key");
    const known = (): boolean => config.discovery !== "kafka" || directory.instancesOf(name).some(({ instance }) => instance === id);
    let announced: Awaited<ReturnType<typeof announce>> | undefined;
    const healthReasons = (): readonly string[] => [
      ...(known() ? [] : ["its announcement has not arrived yet"]),
      ...[announced?.trouble(), directory.trouble?.()].flatMap((trouble) => trouble ?? []),
      ...sealed.healthReasons(),
    ];
    const ports = { store: store.store, documents, parking, log, clock };
    const inside = tls.internal && { certificates: tls.internal, mutual: true };
    const serving = await serve(service, dependencies, {
      ...options,
      id,
      port: config.portOf(name),
      address: config.host,
      ports,
      ping: store.ping,
      healthReasons,
      sealing: sealed,
      secured: service.entry ? tls.gateway && { certificates: tls.gateway, mutual: false } : inside,
      operations: service.entry && { port: config.operationsPort, address: config.operationsHost, secured: inside },
    });
    const reached = (address: string, host: string): string => address.replace(/\/\/.*:/, `//${reachable(config, host)}:`);
    const url = reached(serving.url, config.host);
    // `url` is for callers of the gateway; the announcement carries the URL for operators.
    const self = {
      service: name,
      url: reached(serving.operationsUrl, service.entry ? config.operationsHost : config.host),
      instance: id,
      since: new Date(clock.now()).toISOString(),
    };
    announced = await announce({ log, clock, keys: config.sealingKeys }, self, (error) =>
      logger.warn({ error }, "the announcement failed and will be retried"),
    );
    // An announcement that reached this process can reach others. A log that is down does not delay serving for long.
    for (const until = clock.now() + ANNOUNCED; !known() && clock.now() < until; ) await clock.sleep(20);
    logger.info({ url }, "answers");
    return {
      ...serving,
      url,
      name,
      stop: async () => {
        const steps = [
          ["announcement", announced.stop],
          ["service", serving.stop],
          ["store", close],
        ] as const;
        await stopInOrder(steps, config.shutdownSeconds * SHARE, { clock, logger });
        logger.info({}, "stopped");
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The host name at which others reach what listens on this address. */
const reachable = (config: Config, host: string): string => {
  const everywhere = host === "0.0.0.0" || host === "::";
  const advertised = everywhere || host === config.host ? config.advertise : "";
  const name = advertised || (everywhere ? hostname() : host);
  return name.includes(":") ? `[${name}]` : name;
};
