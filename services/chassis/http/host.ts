import type { Blobs, Ports, Tracer } from "../../../events/index.ts";
import type { Instance } from "../../../events/runtime.ts";
import type { Identity } from "../access/identity.ts";
import type { Logger } from "../process/logging.ts";
import type { Metrics } from "../process/metrics.ts";
import type { PlatformKey } from "../process/settings.ts";
import type { EdgePorts } from "./edge.ts";
import type { Models } from "./reads.ts";
import type { HttpRow } from "./rows.ts";

/** What the HTTP interpreter of a service stands on. */
export type Host = {
  readonly service: { readonly http?: readonly HttpRow[] };
  /** What its rows are handed of the outside. */
  readonly outside: unknown;
  readonly instance: Instance;
  readonly models: Models;
  readonly ports: Ports;
  readonly blobs: Blobs;
  readonly edge: EdgePorts;
  readonly identity: Identity;
  readonly keys: readonly PlatformKey[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tracer?: Tracer | undefined;
  /** Not before it takes requests, and no more once it is to stop. */
  readonly ready: () => Promise<readonly string[]>;
  /** Aborted once the process is told to end. */
  readonly stopping: AbortSignal;
  /** How long a request waits for what other services have not yet been heard of. */
  readonly wait: number;
};
