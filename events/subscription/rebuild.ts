import type { Codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import { nameOf } from "../log/partition.ts";
import type { LogRange, Ports, Rebuild } from "../ports.ts";
import { positionsOf, type Sharing, selector } from "./assignments.ts";
import { startsOf } from "./log-ends.ts";
import { paced } from "./pace.ts";
import { parkedStreams } from "./parking/parked-streams.ts";
import { openPartition, type Partition, type PartitionOptions } from "./partition.ts";
import type { Selection } from "./rebuild-bound.ts";
import type { RecentLags } from "./recent-lags.ts";
import type { Subscriber } from "./subscriber.ts";

export type Filling = {
  readonly contract: Contract;
  readonly service: string;
  readonly codec: Codec;
  readonly ports: Pick<Ports, "documents" | "parking" | "log" | "clock">;
  readonly sharing: Pick<Sharing, "lagThreshold" | "memory"> & { readonly lags: Pick<RecentLags, "of"> };
  readonly failed: (error: unknown) => void;
};

/**
 * Fills a collection from the log, from its saved positions up to exactly the ends of the rebuild, and saves these as its positions. The same
 * projector as for the live collection reads the same partitions. A stream that cannot go on is parked for this collection only: nothing is copied
 * to the dead letter topic. Whoever begins anew after a crash goes on from the saved positions. With a selection only these streams are folded.
 */
export const fill = async (
  subscriber: Subscriber,
  live: string,
  selection: Selection | undefined,
  { ends, rate }: Pick<Rebuild, "ends" | "rate">,
  { contract, service, codec, ports, sharing: { lagThreshold, memory, lags }, failed }: Filling,
  signal: AbortSignal,
  passed: (name: string, next: number) => void,
): Promise<void> => {
  const { name, types, open } = subscriber;
  const { documents, log, clock } = ports;
  const own = { contract, service, subscription: name, codec, ...ports, onParked: () => {}, onError: failed, deadLetters: false };
  const { policy } = parkedStreams(own);
  const starts = await startsOf(log, [...new Set(ends.map(({ topic }) => topic))]);
  const partitions = new Map<string, Partition>();
  const ranges: LogRange[] = [];
  for (const { end, ...place } of ends) {
    const at = nameOf(place);
    const isOfType = selector(types);
    const selects: PartitionOptions["selects"] = selection ? (record) => isOfType(record) && selection.has(record.key) : isOfType;
    const options: PartitionOptions = {
      ...{ open, selects, positions: positionsOf(subscriber, ports, place), failures: policy, codec, clock },
      mayBuffer: (batch, handler) => end - batch.next > lagThreshold && memory.fits(`${name} ${at}`, handler.weight()),
      flushed: () => memory.release(`${name} ${at}`),
      passed: (batch) => passed(at, batch.next),
    };
    const partition = await openPartition(place, signal, options);
    partitions.set(at, partition);
    const from = Math.min(Math.max(partition.begin ?? 0, starts.get(at) ?? 0), end);
    const isRead = selection?.reads(place) ?? true;
    passed(at, isRead ? from : end);
    if (isRead) ranges.push({ ...place, from, to: end });
  }
  const probe = () => documents.get(live, ["-"]);
  const shown = (within: number) => lags.of(live, within);
  const handle = await paced(rate, { clock, signal, probe, shown }, (batch) => {
    const partition = partitions.get(nameOf(batch));
    if (!partition) throw new Error(`${nameOf(batch)} is not read`);
    return partition.batch(batch);
  });
  try {
    await log.read(ranges, handle, signal);
    for (const { topic, partition, end } of ends) {
      await partitions.get(nameOf({ topic, partition }))?.settled();
      await documents.savePosition(name, topic, partition, end);
    }
  } finally {
    for (const at of partitions.keys()) memory.release(`${name} ${at}`);
  }
};
