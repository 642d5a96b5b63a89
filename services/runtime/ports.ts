import type { KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { Inquire } from "../chassis/http/inquiries.ts";

/** The outside dependencies of the runtime service. */
export type RuntimeOutside = KeyDestroyer & {
  /** Whether an instance of this service runs. */
  readonly runs: (service: string) => boolean;
  /** Asks a provider what only its outside knows. */
  readonly inquire: Inquire;
};
