import type { Codec } from "../codec/codec.ts";
import { type Contract, topicOf } from "../contract.ts";
import { nameOf, partitionOf } from "../log/partition.ts";
import { typeOf } from "../log/record.ts";
import { aggregateOf } from "../message.ts";
import type { Log, LogEnd, LogRange, StoredDocument } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { type Delivered, decode } from "./delivered.ts";
import { evolve, idsOf } from "./projections.ts";

export type Folding = {
  readonly projection: AnyProjection;
  readonly log: Pick<Log, "read">;
  readonly codec: Codec;
  readonly contract: Contract;
  readonly signal: AbortSignal;
};
/** A part of the log: from these offsets, by the partition's name, to the ends. */
export type Part = { readonly from: ReadonlyMap<string, number>; readonly to: readonly LogEnd[] };
/** A document to fold: its stream, what it is before the part of the log, and the last version to fold. */
export type Wanted = { readonly id: string; readonly stream: string; readonly before: StoredDocument | undefined; readonly last: number };

/**
 * Folds documents from the log. Reads the partitions of their streams once, and keeps only these documents in memory. `changed` is called after
 * each event that changed one. A stream ends where its fold throws.
 */
export const foldStreams = async (
  { projection, log, codec, contract, signal }: Folding,
  wanted: readonly Wanted[],
  part: Part,
  changed: (id: string, document: StoredDocument, { meta }: Delivered) => void = () => {},
): Promise<ReadonlyMap<string, StoredDocument>> => {
  const asked = new Map(wanted.map((each) => [each.id, each]));
  const streams = new Set(wanted.map(({ stream }) => stream));
  const documents = new Map(wanted.flatMap(({ id, before }) => (before ? [[id, before] as const] : [])));
  const failed = new Set<string>();

  const fold = (delivered: Delivered): void => {
    const { stream, version } = delivered.meta;
    if (failed.has(stream)) return;
    try {
      for (const id of idsOf(projection, delivered.event, delivered.meta)) {
        const one = asked.get(id);
        if (!one || one.stream !== stream || version > one.last) continue;
        const before = documents.get(id);
        const after = evolve(projection, id, before, delivered);
        if (!after || after === before) continue;
        documents.set(id, after);
        changed(id, after, delivered);
      }
    } catch {
      failed.add(stream);
    }
  };

  const ranges = rangesOf(contract, streams, part);
  if (ranges.length > 0)
    await log.read(
      ranges,
      async ({ records, next }) => {
        for (const record of records) {
          if (!streams.has(record.key) || !((typeOf(record) ?? "") in projection.evolve)) continue;
          const delivered = decode(record, codec);
          if (delivered instanceof Error) failed.add(record.key);
          else fold(delivered);
        }
        return next;
      },
      signal,
    );
  return documents;
};

/** The partitions of some streams. */
const rangesOf = (contract: Contract, streams: ReadonlySet<string>, { from, to }: Part): readonly LogRange[] => {
  const counts = new Map<string, number>();
  for (const { topic } of to) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  const places = new Set(
    [...streams].map((stream) => {
      const topic = topicOf(contract, aggregateOf(stream));
      return nameOf({ topic, partition: partitionOf(stream, counts.get(topic) ?? 1) });
    }),
  );
  return to.flatMap(({ topic, partition, end }) => {
    const name = nameOf({ topic, partition });
    const start = from.get(name) ?? 0;
    return places.has(name) && start < end ? [{ topic, partition, from: start, to: end }] : [];
  });
};
