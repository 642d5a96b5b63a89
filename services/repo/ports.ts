import type { Blobs } from "../../events/index.ts";
import type { Secret } from "./access.ts";
import type { ReadOffers } from "./offers.ts";

/** One file of a repository. */
export type FileRequest = {
  /** http, https or s3. */
  readonly url: string;
  /** Where the repository is: the secret goes to this host only, and who is reached there decides whether private addresses are in bounds. */
  readonly repository: string;
  readonly secret: Secret;
  /** Largest number of bytes. */
  readonly limit: number;
  readonly signal: AbortSignal;
};

/** The bytes, or a sentence that says why there are none; never an error, for a stranger's server is no part of the platform. */
export type FileAnswer =
  | { readonly bytes: Uint8Array }
  | { readonly refused: string /** The server was reached and said no. */; readonly denied: boolean };

export type ReadFile = (request: FileRequest) => Promise<FileAnswer>;

/** What the repo service has of the outside. */
export type RepoOutside = {
  readonly readFile: ReadFile;
  readonly readOffers: ReadOffers;
  /** Aborts after so many milliseconds. */
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly blobs: Blobs;
  /** Reads a secret that the edge has sealed. */
  readonly open: (sealed: string) => Promise<string>;
  /** Destroys the key of a secret that opens nothing any more. */
  readonly destroyKey: (sealed: string) => Promise<void>;
};
