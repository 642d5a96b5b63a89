import type { Blobs, Clock, Log, Tracer } from "../../events/index.ts";
import type { Guard } from "../../events/runtime.ts";
import type { FetchBlob } from "./http/blob-client.ts";
import type { Edge } from "./http/rows.ts";
import type { Call } from "./process/client.ts";
import type { Config } from "./process/config.ts";
import type { Directory } from "./process/discovery.ts";
import type { Logger } from "./process/logging.ts";
import type { Metrics } from "./process/metrics.ts";
import type { Certificates } from "./process/tls/certificates.ts";

/** What a service's outside is opened with. */
export type Dependencies<Values = object> = {
  readonly name: string;
  readonly config: Config;
  /** The service's own settings. */
  readonly settings: Values;
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
  /** A document of one of the service's own read models. */
  readonly document: (model: string, id: string) => Promise<{ readonly [field: string]: unknown } | undefined>;
  /** Shows a line to the operator, and to nobody who reads logs: secrets that were made here. */
  readonly print: (line: string) => void;
  /** Bytes that another service owns, by digest. */
  readonly fetchBlob: FetchBlob;
  /** A circuit breaker by name, with a timeout. */
  readonly guard: Guard;
  readonly call: Call;
  readonly directory: Directory;
  /** By what the processes of the platform know each other; absent: they speak plain HTTP. */
  readonly internal?: Certificates | undefined;
};
