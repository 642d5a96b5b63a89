import type { KeyDestroyer } from "../chassis/access/lapsed.ts";

/** The outside dependencies of the runtime service. */
export type RuntimeOutside = KeyDestroyer & {
  /** Whether an instance of this service runs. */
  readonly runs: (service: string) => boolean;
};
