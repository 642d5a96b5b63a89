import { type AnyProjection, aggregateOf, aggregatesOf, type LogRecord, type StoredDocument } from "../../../events/index.ts";
import { bucketOf, type Codec, decode, evolve, idsOf, typeOf } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";

/** A part of the streams: those whose bucket this is. */
export type Sample = { readonly buckets: number; readonly bucket: number };

/** A read model as the events on the log make it, kept in memory, with the event that set each field last. */
export type FoldedModel = {
  readonly service: string;
  readonly projection: AnyProjection;
  readonly documents: Map<string, StoredDocument>;
  /** Streams that go no further: their fold throws, or the service has parked them from this version on. */
  readonly stopped: Map<string, number>;
};

/** Folds read models from the records of the log, which it is given in the order of their partitions. */
export const modelFold = (
  models: readonly FoldedModel[],
  codec: Codec,
  { buckets, bucket }: Sample,
  changed: (model: FoldedModel, id: string) => void,
) => {
  const readers = new Map<string, FoldedModel[]>();
  for (const model of models) {
    const types = Object.keys(model.projection.evolve);
    for (const aggregate of aggregatesOf(contract, types, model.projection.of))
      for (const type of types) readers.set(`${aggregate}/${type}`, [...(readers.get(`${aggregate}/${type}`) ?? []), model]);
  }
  return {
    /** `last`: the version of a document up to which it is folded; by default all. */
    take: (record: LogRecord, last: (model: FoldedModel, id: string) => number = () => Number.POSITIVE_INFINITY): void => {
      const { key: stream } = record;
      const interested = readers.get(`${aggregateOf(stream)}/${typeOf(record)}`) ?? [];
      if (interested.length === 0 || bucketOf(stream, buckets) !== bucket) return;
      const delivered = decode(record, codec);
      for (const model of interested) {
        const { projection, documents, stopped } = model;
        if (delivered instanceof Error) {
          stopped.set(stream, 0);
          continue;
        }
        if (delivered.meta.version >= (stopped.get(stream) ?? Number.POSITIVE_INFINITY)) continue;
        try {
          for (const id of idsOf(projection, delivered.event, delivered.meta)) {
            if (delivered.meta.version > last(model, id)) continue;
            const before = documents.get(id);
            const document = evolve(projection, id, before, delivered);
            if (!document || document === before) continue;
            documents.set(id, document);
            changed(model, id);
          }
        } catch {
          stopped.set(stream, delivered.meta.version);
        }
      }
    },
  };
};
