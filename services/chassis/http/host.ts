import type { Blobs, Ports } from "../../../events/ports.ts";
import type { Instance } from "../../../events/run.ts";
import type { Tracer } from "../../../events/trace.ts";
import type { EdgePorts } from "../edge.ts";
import type { Identity } from "../identity.ts";
import type { Logger } from "../logging.ts";
import type { Metrics } from "../metrics.ts";
import type { PlatformKey } from "../settings.ts";
import type { Models } from "./reads.ts";

/** What the HTTP interpreter of a service stands on. */
export type Host = {
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
  /** How long a request waits for what other services have not yet been heard of. */
  readonly wait: number;
};
