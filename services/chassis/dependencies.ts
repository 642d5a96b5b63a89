import type { Actor, AnyService, Blobs, Clock, Documents, Log, Tracer } from "../../events/index.ts";
import type { Guard } from "../../events/runtime.ts";
import type { FetchBlob } from "./http/blob-client.ts";
import type { ServicesClient } from "./http/causation-query.ts";
import type { Inquire } from "./http/inquiries.ts";
import type { Edge } from "./http/rows.ts";
import type { Call } from "./process/client.ts";
import type { Config } from "./process/config.ts";
import type { Directory } from "./process/discovery.ts";
import type { Logger } from "./process/logging.ts";
import type { Metrics } from "./process/metrics.ts";
import type { Certificates } from "./process/tls/certificates.ts";

/** The dependencies that the chassis passes to a service's `open`. */
export type Dependencies<Values = object> = {
  readonly name: string;
  readonly config: Config;
  /** The service's own settings. */
  readonly settings: Values;
  readonly clock: Clock;
  readonly log: Log;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Absent if tracing is off. */
  readonly tracer?: Tracer | undefined;
  /** Sealing, signing and hashing outside of any request. */
  readonly edge: Edge;
  readonly random: (bytes: number) => Uint8Array;
  /** The service's own blobs. */
  readonly blobs: Blobs;
  /** Reads a document of one of the service's own read models. */
  readonly document: (model: string, id: string) => Promise<{ readonly [field: string]: unknown } | undefined>;
  /** The user id of an owner's vendor; empty without one. */
  readonly vendorOf: (owner: Actor) => Promise<string>;
  /** Prints a line for the operator that does not appear in logs, such as a generated secret. */
  readonly print: (line: string) => void;
  /** Fetches a blob of another service by digest. */
  readonly fetchBlob: FetchBlob;
  /** Asks another service about its outside. */
  readonly inquire: Inquire;
  /** Asks other services at their internal routes. */
  readonly platform: ServicesClient;
  /** The service's own documents, beside those of its read models. */
  readonly documents: Documents;
  /** Runs a call behind the circuit breaker of that name, with a timeout. */
  readonly guard: Guard;
  readonly call: Call;
  readonly directory: Directory;
  /** The tables of all services of the platform, loaded when somebody asks what is whose. */
  readonly tables: () => Promise<readonly AnyService[]>;
  /** The certificates for mutual TLS among processes. Absent: they use plain HTTP. */
  readonly internal?: Certificates | undefined;
};
