import { type Collection, type Document, MongoBulkWriteError, type OptionalUnlessRequiredId, type WriteError } from "mongodb";
import { isDuplicateWrite } from "./duplicate.ts";

/** Inserts under way at once; what comes meanwhile goes together into the next. */
const AT_ONCE = 2;
const MOST = 500;

type Waiting<T> = { readonly document: T; readonly resolve: (inserted: boolean) => void; readonly reject: (error: unknown) => void };

/**
 * Group commit: documents that are inserted while others are under way share one round trip and one sync of the store. Each insert stands
 * alone all the same: true, or false where it met a duplicate; an error may hide a success.
 */
export const groupCommit = <T extends Document>(collection: Collection<T>): ((document: T) => Promise<boolean>) => {
  let waiting: Waiting<T>[] = [];
  let running = 0;

  const run = async (): Promise<void> => {
    running++;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        await collection.insertMany(
          batch.map(({ document }) => document as OptionalUnlessRequiredId<T>),
          { ordered: false },
        );
        for (const { resolve } of batch) resolve(true);
      } catch (error) {
        settle(batch, error);
      }
    }
    running--;
  };

  return (document) =>
    new Promise((resolve, reject) => {
      waiting.push({ document, resolve, reject });
      if (running < AT_ONCE) void run();
    });
};

const settle = <T>(batch: readonly Waiting<T>[], error: unknown): void => {
  const failed = new Map(verdicts(batch.length, error)?.map((each) => [each.index, each]));
  for (const [index, { resolve, reject }] of batch.entries()) {
    const failure = failed.get(index);
    if (failed.size === 0 || (failure && !isDuplicateWrite(failure))) reject(plainly(error));
    else resolve(failure === undefined);
  }
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
