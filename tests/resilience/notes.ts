import type { ServiceName } from "./fixture.ts";

/** One answer that somebody got, or that none came. Times are of the asker's clock, in milliseconds. */
export type Note = {
  readonly service: ServiceName;
  readonly kind: "read" | "write";
  /** The thing it is about. */
  readonly about: string;
  readonly at: number;
  readonly end: number;
  /** How long it took, finer than the clock. */
  readonly took: number;
  /** 0: no answer at all. */
  readonly status: number;
  readonly retryAfter: boolean;
  /** What a warning says, and how old the answer says it is. */
  readonly warning: string;
  readonly age: number | undefined;
  /** What was waited for may not be in it. */
  readonly pending: boolean;
  /** What a read showed. */
  readonly shown: string;
  /** Of a read that claims to be fresh: all that it may show. */
  readonly wanted: readonly string[];
  readonly text: string;
};

/** While a service could not do its work, and why. A broker that is away is no excuse. */
export type Outage = {
  readonly services: readonly ServiceName[];
  readonly why: "killed" | "store";
  readonly from: number;
  /** When what was missing was there again: from then on it may answer. */
  readonly back: number;
  /** When it had answered again, so that nobody need be refused any more. */
  readonly over: number;
};
