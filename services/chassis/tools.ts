import type { Express } from "express";
import type { Guard } from "../../events/effects/effects.ts";
import type { Blobs, Clock, Documents, Log } from "../../events/ports.ts";
import type { Instance } from "../../events/run.ts";
import type { Service } from "../../events/service.ts";
import type { Tracer } from "../../events/trace.ts";
import type { FetchBlob } from "./http/blob-client.ts";
import type { Host } from "./http/host.ts";
import type { Edge } from "./http/rows.ts";
import type { Call } from "./process/client.ts";
import type { Config } from "./process/config.ts";
import type { Directory } from "./process/discovery.ts";
import type { Logger } from "./process/logging.ts";
import type { Metrics } from "./process/metrics.ts";
import type { Certificates } from "./process/tls/certificates.ts";

/** What a service may be given at run time, since its tables know nothing but their arguments. */
export type Tools = {
  readonly name: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** Outside of any request: seals, opens, signs, hashes. */
  readonly edge: Edge;
  readonly random: (bytes: number) => Uint8Array;
  /** The service's own blobs. */
  readonly blobs: Blobs;
  /** The service's own read models, by collection. */
  readonly documents: Documents;
  /** Bytes that another service owns, by digest. */
  readonly fetchBlob: FetchBlob;
  /** A circuit breaker by name, with a timeout. */
  readonly guard: Guard;
  readonly call: Call;
  readonly directory: Directory;
  /** By what the processes of the platform know each other; absent: they speak plain HTTP. */
  readonly internal?: Certificates | undefined;
};

/** How a service is put into a process: its tables, and what cannot be said as a row. */
export type ServiceModule = {
  /** Callers from outside come here, and need no certificate. */
  readonly isEntry?: true;
  /** Opens what the tables need from outside, and makes them. */
  readonly service: (tools: Tools) => Service | Promise<Service>;
  /** Further routes, before those of the rows: the gateway's, a registry's. */
  readonly routes?: (tools: Tools, host: Host) => Express;
  /** Once it runs; what has to be there in the beginning. */
  readonly started?: (tools: Tools, instance: Instance) => Promise<void>;
  readonly stopped?: (tools: Tools) => Promise<void>;
};
