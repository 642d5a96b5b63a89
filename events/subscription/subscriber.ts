import { InvalidEvent, UnknownSchema } from "../codec/codec.ts";
import { TableError } from "../store/table-error.ts";
import type { Delivered } from "./delivered.ts";

/** A read model, or the reactions of a service. Each reads its topics, lags and fails independently. */
export type Subscriber = {
  readonly name: string;
  readonly topics: readonly string[];
  readonly types: ReadonlySet<string>;
  /** Where to begin without a saved position: at the first event, or at the end, for events after the first deployment only. */
  readonly begin: "start" | "end";
  /** Creates the handler of a partition, once for each assignment. */
  readonly open: () => Handler;
};

/** Handles one partition while it is assigned. Handled events count once they are flushed. */
export type Handler = {
  /** Handles each stream's events in order. Returns, for each stream whose table threw, the first such event; throws when a port is down. */
  readonly handle: (streams: ReadonlyMap<string, readonly Delivered[]>) => Promise<readonly Failure[]>;
  /** Writes buffered documents. Returns false if another owner wrote in between: then everything since the last flush must be handled again. */
  readonly flush: () => Promise<boolean>;
  /** The approximate size of buffered writes, in bytes. */
  readonly weight: () => number;
};

/** An event at which a table's function threw. */
export type Failure = { readonly delivered: Delivered; readonly error: Error };

/** Whether an error is a bug, which a retry cannot fix: its stream fails, and the other streams continue. */
export const isBug = (error: unknown): error is Error =>
  error instanceof TableError || error instanceof InvalidEvent || error instanceof UnknownSchema;
