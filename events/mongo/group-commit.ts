import { type Collection, type Document, MongoBulkWriteError, type OptionalUnlessRequiredId, type WriteError } from "mongodb";
import { isDuplicateWrite } from "./duplicate.ts";
import { grouped, type Settled } from "./grouped.ts";

/** Maximum number of concurrent inserts, and of documents in each. */
const BOUNDS = { atOnce: 2, most: 500 };

/**
 * Group commit: single documents that are inserted while others are under way share one round trip and one sync of the store, and succeed or
 * fail independently. Several documents of one call form a chain: they have their own round trip, which stops at the first duplicate key.
 * Returns the number of inserted documents. After an error, documents may be stored all the same.
 */
export const groupCommit = <T extends Document>(collection: Collection<T>): ((...documents: readonly T[]) => Promise<number>) => {
  const insert = (documents: readonly T[], ordered: boolean) =>
    collection.insertMany(documents as readonly OptionalUnlessRequiredId<T>[], { ordered }); // Every document has an `_id`.
  const alone = grouped<T, number>(async (documents) => {
    try {
      await insert(documents, false);
      return documents.map(() => ({ result: 1 }));
    } catch (error) {
      return settled(documents.length, error);
    }
  }, BOUNDS);
  return async (...documents) => {
    const [first, second] = documents;
    if (first === undefined) return 0;
    if (second === undefined) return alone(first);
    try {
      await insert(documents, true);
      return documents.length;
    } catch (error) {
      const { stored, refused } = verdictOf(error) ?? {};
      const [failure] = refused ?? [];
      if (failure && isDuplicateWrite(failure) && failure.index === stored) return stored;
      throw error;
    }
  };
};

const settled = (count: number, error: unknown): readonly Settled<number>[] => {
  const { stored, refused = [] } = verdictOf(error) ?? {};
  const failed = new Map(stored === count - refused.length ? refused.map((each) => [each.index, each]) : []);
  return Array.from({ length: count }, (_, index) => {
    const failure = failed.get(index);
    return failed.size === 0 || (failure && !isDuplicateWrite(failure)) ? { error } : { result: failure ? 0 : 1 };
  });
};

/** The result that the server reported. Undefined if it is unknown: the driver wraps outages in this error, too. */
const verdictOf = (error: unknown): { readonly stored: number; readonly refused: readonly WriteError[] } | undefined =>
  error instanceof MongoBulkWriteError && !error.result.getWriteConcernError()
    ? { stored: error.insertedCount, refused: [error.writeErrors].flat() }
    : undefined;
