import { type Contract, topicOf } from "../contract.ts";
import { nameOf, partitionOf } from "../log/partition.ts";
import { aggregateOf } from "../message.ts";
import type { Documents, Log, LogEnd, LogRange, RebuildBound, TopicPartition } from "../ports.ts";

/** The streams that are folded, and the partitions that hold them. */
export type Selection = {
  readonly has: (stream: string) => boolean;
  readonly reads: (place: TopicPartition) => boolean;
};

/** These streams only. */
export const selectStreams = (streams: ReadonlySet<string>, contract: Contract, ends: readonly LogEnd[]): Selection => {
  const placeOf = placesIn(contract, ends);
  const places = new Set([...streams].map(placeOf));
  return { has: (stream) => streams.has(stream), reads: (place) => places.has(nameOf(place)) };
};

/**
 * What a bound selects up to these ends, and the streams that the live collection has parked, which it cannot give: their later events wait. Reads
 * the log for a bound in time.
 */
export const selectionOf = async (
  bound: RebuildBound,
  parked: readonly string[],
  ends: readonly LogEnd[],
  { contract, log, signal }: { readonly contract: Contract; readonly log: Pick<Log, "read">; readonly signal: AbortSignal },
): Promise<Selection> => {
  const wanted = new Set(parked);
  if ("partitions" in bound) {
    const placeOf = placesIn(contract, ends);
    const all = new Set(bound.partitions);
    const inside = new Set(ends.filter(({ partition }) => all.has(partition)).map(nameOf));
    const others = new Set(parked.map(placeOf));
    return {
      has: (stream) => wanted.has(stream) || inside.has(placeOf(stream)),
      reads: (place) => inside.has(nameOf(place)) || others.has(nameOf(place)),
    };
  }
  if ("streams" in bound) for (const stream of bound.streams) wanted.add(stream);
  else {
    const from = new Map(bound.since.map(({ end, ...place }) => [nameOf(place), end]));
    const ranges = ends.map(({ end: to, ...place }): LogRange => ({ ...place, from: Math.min(from.get(nameOf(place)) ?? 0, to), to }));
    const take = async ({ records, next }: { readonly records: readonly { readonly key: string }[]; readonly next: number }) => {
      for (const { key } of records) wanted.add(key);
      return next;
    };
    await log.read(
      ranges.filter((range) => range.from < range.to),
      take,
      signal,
    );
  }
  return selectStreams(wanted, contract, ends);
};

/** Names the partition of a stream. */
const placesIn = (contract: Contract, ends: readonly LogEnd[]): ((stream: string) => string) => {
  const counts = new Map<string, number>();
  for (const { topic } of ends) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return (stream) => {
    const topic = topicOf(contract, aggregateOf(stream));
    return nameOf({ topic, partition: partitionOf(stream, counts.get(topic) ?? 1) });
  };
};

/** Documents of a page. */
const PAGE = 1_000;

/** Copies the documents of all other streams. The live collection must contain what is before the ends of the rebuild. */
export const copyOthers = async (
  documents: Pick<Documents, "scan" | "write">,
  [live, other]: readonly [live: string, other: string],
  { has }: Selection,
  signal: AbortSignal,
): Promise<void> => {
  for (let after: string | undefined; ; ) {
    signal.throwIfAborted();
    const page = await documents.scan(live, after, PAGE);
    const writes = page.filter(({ stream }) => !has(stream)).map((document) => ({ document, expected: 0 }));
    // Those that are there already were copied before a crash.
    if (writes.length > 0) await documents.write(other, writes);
    after = page.at(-1)?.id;
    if (page.length < PAGE || after === undefined) return;
  }
};
