import type { Machine } from "./machine/types.ts";

/** What the local provider needs of the outside. */
export type LocalOutside = {
  readonly machine: Machine;
  /** An archive by its digest, from the service that keeps it. */
  readonly fetchPackage: (owner: string, digest: string) => Promise<Uint8Array>;
  /** A credential's content in clear; undefined while it is not known here. */
  readonly credential: (runtimeCredentialId: string) => Promise<string | undefined>;
  /** The token that allows running commands on this machine. Undefined: no token does. */
  readonly token: string | undefined;
  /** Logs a failure that no caller waits for. */
  readonly report: (error: unknown) => void;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};
