import { type Contract, topicsOf } from "../contract.ts";

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

/** Folds one event into a document. Returns the same document if it already contains the event. Throws TableError. */
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

/** Limits of the written documents that a partition keeps in memory: their number, and their size in characters of JSON. */
const MAX_KNOWN = 200;
const MAX_KNOWN_WEIGHT = 250_000;

/**
 * Maintains a read model in a collection: folds events into documents in memory, and writes the changed documents by compare-and-set in one bulk.
 * The owner of a partition sees every event of its streams in order, so it need not read a known document again; with a backlog, many events
 * become one write. A failed compare-and-set means that another owner wrote in between; then the projector forgets all known documents. Therefore
 * repeated events, rebalances and two owners at once change nothing.
 */
export const projector = (
  projection: AnyProjection,
  collection: string,
  documents: Documents,
  wrote: Written["wrote"],
  contract: Contract,
): Subscriber => {
  const types = Object.keys(projection.evolve);

  const open = (): Handler => {
    const known = new Map<string, Known>();
    const unwritten = new Map<string, Known>();
    let isSoleWriter = true;
    let knownWeight = 0;

    const read = async (wanted: Wanted): Promise<void> => {
      // No document exists before a stream's first event, unless another owner has already handled it: then the compare-and-set fails.
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
      // Documents that were folded before a failure was found may contain later events of the failed stream: fold again.
      while (!folded) folded = fold(projection, wanted, known, failures);
      for (const document of folded) {
        const changed = { document, written: known.get(document.id)?.written ?? 0 };
        known.set(document.id, changed);
        unwritten.set(document.id, changed);
      }
      return [...failures.values()];
    };

    /** The writes that the store contains in this version or a later one, whoever wrote them: every owner folds the same result. */
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
      knownWeight += weight();
      // After a conflict, or above the limits, forget all known documents: they may be outdated.
      const isForgotten = !wereExpected || known.size > MAX_KNOWN || knownWeight > MAX_KNOWN_WEIGHT;
      if (isForgotten) known.clear();
      else for (const { document } of writes) known.set(document.id, { document, written: document.version });
      if (isForgotten) knownWeight = 0;
      if (!wereExpected) isSoleWriter = false;
      unwritten.clear();
      wrote(
        collection,
        done.map(({ document }) => document),
      );
      return done.length === writes.length;
    };

    /** An estimate from a sample, in characters of JSON. */
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
    topics: topicsOf(contract, types, projection.of),
    types: new Set(types),
    begin: "start",
    open,
  };
};

/** A document after all handled events, and its version in the store; 0 = absent. */
type Known = { readonly document: StoredDocument; readonly written: number };
/** Events by id of the document that they change. */
type Wanted = ReadonlyMap<string, readonly Delivered[]>;

/** Returns the changed documents; undefined if a new failure is found. */
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
