import type { Codec } from "../../codec/codec.ts";
import type { Contract } from "../../contract.ts";
import type { LogRecord, Ports } from "../../ports.ts";
import type { Partition } from "../partition.ts";
import type { HeldStreams } from "./held-streams.ts";

/** A partition that this instance reads, and what is parked in it. */
export type Owned = { readonly partition: Partition; readonly streams: HeldStreams };

/** What parking and retrying the streams of one subscription, on one instance, have in common. */
export type Context = Pick<Ports, "log" | "parking" | "clock"> & {
  readonly contract: Contract;
  readonly service: string;
  readonly subscription: string;
  readonly codec: Codec;
  readonly onParked: (reason: string, record: LogRecord) => void;
  readonly onError: (error: Error) => void;
  /** By the name of the partition. */
  readonly owned: Map<string, Owned>;
  /** Ids of the events that were discarded. */
  readonly discarded: Set<string>;
};

export const now = ({ clock }: Pick<Context, "clock">): string => new Date(clock.now()).toISOString();
/** Streams that are parked here. */
export const sizeOf = ({ owned }: Pick<Context, "owned">): number =>
  [...owned.values()].reduce((sum, { streams }) => sum + streams.size, 0);
/** Learns which events were discarded since. */
export const learnDiscarded = async ({ parking, subscription, discarded }: Context): Promise<void> => {
  for (const id of await parking.discarded(subscription)) discarded.add(id);
};
