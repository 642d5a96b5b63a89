import { InvalidEvent, UnknownSchema } from "../codec/codec.ts";
import { TableError } from "../store/table-error.ts";
import type { Delivered } from "./delivered.ts";

/** What a read model and the reactions of a service have in common: they read topics, lag, fail and are replayed alone. */
export type Subscriber = {
  readonly name: string;
  readonly topics: readonly string[];
  readonly types: ReadonlySet<string>;
  /** Where to begin when no position is known: the first event ever, or only what comes after the first deployment. */
  readonly begin: "start" | "end";
  /** Begins to handle a partition: once for each time that it is assigned. */
  readonly open: () => Handler;
};

/** Handles one partition for as long as it is assigned. What it has handled counts once it is flushed. */
export type Handler = {
  /** Each stream's events in order. Returns the streams whose table threw, at the first such event; throws when a port is down. */
  readonly handle: (streams: ReadonlyMap<string, readonly Delivered[]>) => Promise<readonly Failure[]>;
  /** Writes what was held back. False: somebody else wrote in between, and all since the last flush is to be handled again. */
  readonly flush: () => Promise<boolean>;
  /** What is held back, in bytes, roughly. */
  readonly weight: () => number;
};

/** A stream's event at which a pure function threw. */
export type Failure = { readonly delivered: Delivered; readonly error: Error };

/** An error that trying again at once cannot mend: its stream fails, and the other streams go on. */
export const isBug = (error: unknown): error is Error =>
  error instanceof TableError || error instanceof InvalidEvent || error instanceof UnknownSchema;
