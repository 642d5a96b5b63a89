import { type Collection, type Document, MongoBulkWriteError, type OptionalUnlessRequiredId, type WriteError } from "mongodb";
import { isDuplicateWrite } from "./duplicate.ts";
import { grouped, type Settled } from "./grouped.ts";

/** Inserts under way at once, and documents in each. */
const BOUNDS = { atOnce: 2, most: 500 };

/**
 * Group commit: documents that are inserted while others are under way share one round trip and one sync of the store. Each insert stands
 * alone all the same: true, or false where it met a duplicate; an error may hide a success.
 */
export const groupCommit = <T extends Document>(collection: Collection<T>): ((document: T) => Promise<boolean>) =>
  grouped<T, boolean>(async (documents) => {
    try {
      await collection.insertMany(documents as OptionalUnlessRequiredId<T>[], { ordered: false }); // Every document has its id.
      return documents.map(() => ({ result: true }));
    } catch (error) {
      return settled(documents.length, error);
    }
  }, BOUNDS);

const settled = (count: number, error: unknown): readonly Settled<boolean>[] => {
  const failed = new Map(verdicts(count, error)?.map((each) => [each.index, each]));
  return Array.from({ length: count }, (_, index) => {
    const failure = failed.get(index);
    return failed.size === 0 || (failure && !isDuplicateWrite(failure)) ? { error: plainly(error) } : { result: failure === undefined };
  });
};

/** The error itself, which the driver wraps, so that an outage is told as one. */
const plainly = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof Error ? error.errorResponse : error;

/** What failed of a batch of which everything else is stored; undefined where that is not known: the driver wraps outages in this error too. */
const verdicts = (count: number, error: unknown): readonly WriteError[] | undefined => {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return undefined;
  const failures = [error.writeErrors].flat();
  return failures.length + error.insertedCount === count ? failures : undefined;
};
