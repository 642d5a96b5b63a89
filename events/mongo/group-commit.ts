import { type Collection, type Document, MongoBulkWriteError, type OptionalUnlessRequiredId, type WriteError } from "mongodb";
import { isDuplicateWrite } from "./duplicate.ts";
import { grouped, type Settled } from "./grouped.ts";

/** Inserts under way at once, and documents in each. */
const BOUNDS = { atOnce: 2, most: 500 };

/**
 * Group commit: a document that is inserted while others are under way shares one round trip and one sync of the store with them, and
 * stands alone all the same. Several that are asked for together build on each other, and have a round trip of their own, which ends at
 * the first that meets a duplicate. How many are in? An error may hide a success.
 */
export const groupCommit = <T extends Document>(collection: Collection<T>): ((...documents: readonly T[]) => Promise<number>) => {
  const insert = (documents: readonly T[], ordered: boolean) =>
    collection.insertMany(documents as readonly OptionalUnlessRequiredId<T>[], { ordered }); // Every document has its id.
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

/** What the store says that it did; undefined where that is not known: the driver wraps outages in this error too. */
const verdictOf = (error: unknown): { readonly stored: number; readonly refused: readonly WriteError[] } | undefined =>
  error instanceof MongoBulkWriteError && !error.result.getWriteConcernError()
    ? { stored: error.insertedCount, refused: [error.writeErrors].flat() }
    : undefined;
