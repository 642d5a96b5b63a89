import type { Blobs, Ports, Tracer } from "../../../events/index.ts";
import type { Instance } from "../../../events/runtime.ts";
import type { Identity } from "../access/identity.ts";
import type { Logger } from "../process/logging.ts";
import type { Metrics } from "../process/metrics.ts";
import type { PlatformKey } from "../process/settings.ts";
import type { EdgePorts } from "./edge.ts";
import type { Inquiries } from "./inquiry.ts";
import type { Models } from "./reads.ts";
import type { HttpRow } from "./rows.ts";

/** What the HTTP interpreter of a service needs. */
export type Host = {
  readonly service: { readonly http?: readonly HttpRow[] };
  /** The outside of the service, for its rows. */
  readonly outside: unknown;
  readonly inquiries: Inquiries;
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
  /** Why the service is not ready; empty: it is. */
  readonly ready: () => Promise<readonly string[]>;
  /** What an operator should know although it is ready. */
  readonly warnings: () => readonly string[];
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
  /** Milliseconds for which a request waits for events that have not arrived yet. */
  readonly wait: number;
};
