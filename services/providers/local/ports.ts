import type { Edge } from "../../chassis/http/rows.ts";
import type { Machine } from "./machine/types.ts";

/** The outside dependencies of the local provider. */
export type LocalOutside = {
  readonly machine: Machine;
  /** Fetches an archive by digest from the service that stores it. */
  readonly fetchPackage: (owner: string, digest: string) => Promise<Uint8Array>;
  /** Decrypts a secret of a cluster's configuration. */
  readonly open: Edge["open"];
  /** Runs work that holds the files of a package in memory, one piece at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Logs a failure that no caller waits for. */
  readonly report: (error: unknown) => void;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};
