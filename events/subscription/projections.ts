import { aggregatesOf, type Contract, topicOf } from "../contract.ts";

import { keyOf, type Meta } from "../message.ts";
import type { Documents, DocumentWrite, StoredDocument } from "../ports.ts";
import { type AnyProjection, deleted } from "../projection.ts";
import { TableError } from "../store/table-error.ts";
import type { Delivered } from "./delivered.ts";
import type { Failure, Handler, Subscriber } from "./subscriber.ts";
import type { Written } from "./written.ts";

/** Ids of the documents that an event changes. */
export const idsOf = (projection: AnyProjection, event: Delivered["event"], meta: Meta): readonly string[] => {
  const ids = Reflect.get(projection.key ?? {}, event.type)?.(event, meta) ?? keyOf(meta.stream);
  return typeof ids === "string" ? [ids] : ids;
};

/** Folds one event into a document; returns the same document if it has seen the event. Throws TableError. */
export const evolve = (
  projection: AnyProjection,
  id: string,
  document: StoredDocument | undefined,
  { event, meta }: { readonly event: Delivered["event"]; readonly meta: Meta },
): StoredDocument | undefined => {
  if (document && document.version >= meta.version) return document;
  const row = projection.evolve[event.type];
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

/** Written documents that a partition keeps in memory: their number, and their size in characters of JSON. */
const KEPT = 200;
const KEPT_WEIGHT = 250_000;

/**
 * Keeps a read model in a collection: folds events into its documents in memory, and writes what has changed by compare-and-set, all in one bulk.
 * The owner of a partition sees every event of its streams in order, so that a known document need not be read again; behind a backlog many
 * events become one write. A miss of the compare-and-set means that another owner wrote in between; then everything known is forgotten. So
 * repeats, rebalances and two owners at once change nothing.
 */
export const projector = (
  projection: AnyProjection,
  collection: string,
  documents: Documents,
  told: Written["tell"],
  contract: Contract,
): Subscriber => {
  const types = Object.keys(projection.evolve);

  const open = (): Handler => {
    const known = new Map<string, Known>();
    const unwritten = new Map<string, Known>();
    let isSoleWriter = true;
    let kept = 0;

    const read = async (wanted: Wanted): Promise<void> => {
      // A stream's first event finds no document, unless another owner has handled it already: then the write misses.
      const absent = (id: string, [first]: readonly Delivered[]) => isSoleWriter && !known.has(id) && first?.meta.version === 1;
      const ids = [...wanted].filter(([id, events]) => !known.has(id) && !absent(id, events)).map(([id]) => id);
      for (const document of ids.length === 0 ? [] : await documents.get(collection, ids))
        known.set(document.id, { document, written: document.version });
    };

    const handle = async (streams: ReadonlyMap<string, readonly Delivered[]>): Promise<readonly Failure[]> => {
      const failures = new Map<string, Failure>();
      const wanted = wantedBy(projection, streams, failures);
      await read(wanted);
      let folded = fold(projection, wanted, known, failures);
      // What was folded before a failure was found may go beyond it in other documents of the stream.
      while (!folded) folded = fold(projection, wanted, known, failures);
      for (const document of folded) {
        const changed = { document, written: known.get(document.id)?.written ?? 0 };
        known.set(document.id, changed);
        unwritten.set(document.id, changed);
      }
      return [...failures.values()];
    };

    /** What the store has, by us or by others, at least as far as it is known here. A fold has one result. */
    const stored = async (writes: readonly DocumentWrite[]): Promise<readonly DocumentWrite[]> => {
      const ids = writes.map(({ document }) => document.id);
      const versions = new Map((await documents.get(collection, ids)).map(({ id, version }) => [id, version]));
      return writes.filter(({ document: { id, version } }) => (versions.get(id) ?? 0) >= version);
    };

    const flush = async (): Promise<boolean> => {
      if (unwritten.size === 0) return true;
      const writes = [...unwritten.values()].map(({ document, written }) => ({ document, expected: written }));
      const wereExpected = await documents.write(collection, writes);
      const done = wereExpected ? writes : await stored(writes);
      kept += weight();
      // What was read here may be older than what a repeat was folded into: nothing known is trusted any more.
      const isForgotten = !wereExpected || known.size > KEPT || kept > KEPT_WEIGHT;
      if (isForgotten) known.clear();
      else for (const { document } of writes) known.set(document.id, { document, written: document.version });
      if (isForgotten) kept = 0;
      if (!wereExpected) isSoleWriter = false;
      unwritten.clear();
      told(
        collection,
        done.map(({ document }) => document),
      );
      return done.length === writes.length;
    };

    /** From a sample, in characters of JSON. */
    const weight = (): number => {
      const step = Math.max(1, Math.floor(unwritten.size / 16));
      let [at, measured, characters] = [0, 0, 0];
      for (const { document } of unwritten.values()) {
        if (at++ % step > 0) continue;
        characters += JSON.stringify(document.value).length;
        measured++;
      }
      return measured === 0 ? 0 : (characters / measured) * unwritten.size;
    };

    return { handle, flush, weight };
  };

  return {
    name: collection,
    topics: aggregatesOf(contract, types, projection.of).map((aggregate) => topicOf(contract, aggregate)),
    types: new Set(types),
    begin: "start",
    open,
  };
};

/** A document as it is after all events that were handled, and the version that the store has of it; 0 = none. */
type Known = { readonly document: StoredDocument; readonly written: number };
/** Events by the id of the document that they change. */
type Wanted = ReadonlyMap<string, readonly Delivered[]>;

/** Documents that have changed; undefined as soon as another stream turns out to fail. */
const fold = (
  projection: AnyProjection,
  wanted: Wanted,
  known: ReadonlyMap<string, Known>,
  failures: Map<string, Failure>,
): readonly StoredDocument[] | undefined => {
  const folded: StoredDocument[] = [];
  for (const [id, events] of wanted) {
    const from = known.get(id)?.document;
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
    if (document && document !== from) folded.push(document);
  }
  return folded;
};

const wantedBy = (
  projection: AnyProjection,
  streams: ReadonlyMap<string, readonly Delivered[]>,
  failures: Map<string, Failure>,
): Wanted => {
  const wanted = new Map<string, Delivered[]>();
  for (const [stream, events] of streams)
    for (const delivered of events) {
      if (failures.has(stream)) break;
      try {
        for (const id of idsOf(projection, delivered.event, delivered.meta)) {
          const others = wanted.get(id);
          if (others) others.push(delivered);
          else wanted.set(id, [delivered]);
        }
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
