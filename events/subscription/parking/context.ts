import type { Codec } from "../../codec/codec.ts";
import type { Contract } from "../../contract.ts";
import type { LogRecord, Ports } from "../../ports.ts";
import type { Partition } from "../partition.ts";
import type { HeldStreams } from "./held-streams.ts";

/** A partition that this instance reads, with its parked streams. */
export type Owned = { readonly partition: Partition; readonly streams: HeldStreams };

/** The state and dependencies for parking and retrying streams of one subscription on one instance. */
export type Context = Pick<Ports, "log" | "parking" | "clock"> & {
  readonly contract: Contract;
  readonly service: string;
  readonly subscription: string;
  readonly codec: Codec;
  /** Whether parked events are copied to the dead letter topic. */
  readonly deadLetters: boolean;
  readonly onParked: (reason: string, record: LogRecord) => void;
  readonly onError: (error: Error) => void;
  /** By partition name. */
  readonly owned: Map<string, Owned>;
  /** Ids of discarded events. */
  readonly discarded: Set<string>;
};

export const now = ({ clock }: Pick<Context, "clock">): string => new Date(clock.now()).toISOString();
/** The number of streams that are parked in the partitions of this instance. */
export const sizeOf = ({ owned }: Pick<Context, "owned">): number =>
  [...owned.values()].reduce((sum, { streams }) => sum + streams.size, 0);
/** Loads the ids of discarded events. */
export const learnDiscarded = async ({ parking, subscription, discarded }: Context): Promise<void> => {
  for (const id of await parking.discarded(subscription)) discarded.add(id);
};
