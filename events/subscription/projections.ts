import { eventTypes } from "../../schemas/generated/events.ts";
import { topicOf } from "../log/record.ts";
import { keyOf, type Meta } from "../message.ts";
import type { Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { type AnyProjection, deleted } from "../projection.ts";
import { TableError } from "../store/execute.ts";
import type { Delivered, Failure, Subscriber } from "./subscription.ts";

/** The collection of a read model; its fold's version is part of the name. */
export const collectionOf = ({ name, version }: AnyProjection): string => `${name}__v${version}`;

/** The aggregates whose topics a table of event types reads. */
export const aggregatesOf = (types: readonly string[], of?: readonly string[]): readonly string[] => {
  const all: { readonly [type: string]: readonly string[] } = eventTypes;
  return [...new Set(types.flatMap((type) => all[type] ?? []))].filter((aggregate) => !of || of.includes(aggregate)).sort();
};

/** Ids of the documents that an event changes. */
export const idsOf = (projection: AnyProjection, event: Delivered["event"], meta: Meta): readonly string[] => {
  const ids = Reflect.get(projection.key ?? {}, event.type)?.(event, meta) ?? keyOf(meta.stream);
  return typeof ids === "string" ? [ids] : ids;
};

/** Folds one more event into a document; the same document when it has seen the event. Throws TableError. */
export const evolve = (
  projection: AnyProjection,
  id: string,
  document: StoredDocument | undefined,
  { event, meta }: Pick<Delivered, "event" | "meta">,
): StoredDocument | undefined => {
  if (document && document.version >= meta.version) return document;
  const row = projection.evolve[event.type as keyof typeof projection.evolve] as
    | ((document: object, event: unknown, meta: Meta, id: string) => object | typeof deleted)
    | undefined;
  if (!row) return document;
  const before = document && !document.deleted ? document.value : projection.initialState;
  try {
    const value = row(before, event, meta, id);
    const gone = value === deleted;
    return { id, stream: meta.stream, version: meta.version, deleted: gone, value: gone ? {} : { ...value } };
  } catch (error) {
    throw new TableError(`read model ${projection.name}: ${event.type} threw: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};

/**
 * Keeps a read model: reads the batch's documents at once, folds in memory, writes them by compare-and-set in one bulk.
 * A miss means that another owner wrote in between: read and fold again. So repeats, rebalances and two owners at once change nothing.
 */
export const projector = (projection: AnyProjection, documents: Documents, applied: () => void): Subscriber => {
  const collection = collectionOf(projection);
  const types = Object.keys(projection.evolve);

  /** What is to be written; undefined as soon as another stream turns out to fail. */
  const fold = (
    wanted: ReadonlyMap<string, readonly Delivered[]>,
    stored: ReadonlyMap<string, StoredDocument>,
    failures: Map<string, Failure>,
  ): readonly DocumentWrite[] | undefined => {
    const writes: DocumentWrite[] = [];
    for (const [id, events] of wanted) {
      const from = stored.get(id);
      let document = from;
      for (const delivered of events) {
        const failed = failures.get(delivered.meta.stream);
        if (failed && delivered.meta.version >= failed.delivered.meta.version) break;
        try {
          document = evolve(projection, id, document, delivered);
        } catch (error) {
          if (!(error instanceof TableError)) throw error;
          failures.set(delivered.meta.stream, { delivered, error });
          return undefined;
        }
      }
      if (document && document !== from) writes.push({ document, expected: from?.version ?? 0 });
    }
    return writes;
  };

  const handle = async (streams: ReadonlyMap<string, readonly Delivered[]>): Promise<readonly Failure[]> => {
    const failures = new Map<string, Failure>();
    let wanted = wantedBy(projection, streams, failures);
    for (let round = 1; wanted.size > 0; round++) {
      if (round > 100) throw new Error(`read model ${projection.name} misses its compare-and-set again and again`);
      const stored = new Map((await documents.get(collection, [...wanted.keys()])).map((document) => [document.id, document]));
      let writes = fold(wanted, stored, failures);
      // What was folded before a failure was found may go beyond it in other documents of the stream.
      while (!writes) writes = fold(wanted, stored, failures);
      const missed = new Set(writes.length === 0 ? [] : await documents.write(collection, writes));
      wanted = new Map([...wanted].filter(([id]) => missed.has(id)));
    }
    applied();
    return [...failures.values()];
  };

  return {
    name: collection,
    topics: aggregatesOf(types, projection.of).map(topicOf),
    types: new Set(types),
    begin: "start",
    handle,
  };
};

const wantedBy = (projection: AnyProjection, streams: ReadonlyMap<string, readonly Delivered[]>, failures: Map<string, Failure>) => {
  const wanted = new Map<string, Delivered[]>();
  for (const [stream, events] of streams)
    for (const delivered of events) {
      if (failures.has(stream)) break;
      try {
        for (const id of idsOf(projection, delivered.event, delivered.meta)) wanted.set(id, [...(wanted.get(id) ?? []), delivered]);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        failures.set(stream, {
          delivered,
          error: new TableError(`read model ${projection.name}: the key of ${delivered.event.type} threw: ${message}`, { cause: error }),
        });
      }
    }
  return wanted;
};
