import type { Blobs, Sealed } from "../../events/index.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { readSummary } from "../packages/reading.ts";
import type { Secret } from "./access.ts";
import type { ReadEntries } from "./index-entries.ts";

/** A request for one file of a repository. */
export type FileRequest = {
  /** http, https, s3 or oci. */
  readonly url: string;
  /** The repository's URL. The secret goes only to its host, and private addresses are allowed only if its host has one. */
  readonly repository: string;
  readonly secret: Secret;
  /** The maximum number of bytes. */
  readonly limit: number;
  /** What the server knows the file by that the caller has: while it is this one, it is not read. */
  readonly validator?: string;
  readonly signal: AbortSignal;
};

/** The bytes, or a sentence that says why there are none. A failure of a foreign server is an answer, not an error. */
export type FileAnswer =
  | { readonly bytes: Uint8Array; readonly validator?: string | undefined }
  | {
      readonly refused: string /** Whether a repeated request is useless. */;
      readonly denied: boolean /** Whether it has more bytes than the limit. */;
      readonly tooLarge?: boolean;
      /** Whether it is the file that the caller has. */
      readonly unchanged?: boolean;
    };

export type ReadFile = (request: FileRequest) => Promise<FileAnswer>;

/** The outside dependencies of the repo service. */
export type RepoOutside = Pick<Dependencies, "vendorOf"> & {
  /** Whether an instance of this service runs. */
  readonly runs: (service: string) => boolean;
  readonly readFile: ReadFile;
  readonly readEntries: ReadEntries;
  readonly readSummary: typeof readSummary;
  /** Runs work that holds so many bytes of memory for an index or for an archive: it waits while others hold too many. */
  readonly holding: { readonly [thing in "index" | "archive"]: <T>(bytes: number, work: () => Promise<T>) => Promise<T> };
  /** A signal that aborts after this many milliseconds. */
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly blobs: Blobs;
  /** Decrypts a secret that the edge has sealed for this location. */
  readonly open: Edge["open"];
  /** Destroys the key of a sealed secret that is no longer in use. */
  readonly destroyKey: (sealed: Sealed) => Promise<void>;
};
