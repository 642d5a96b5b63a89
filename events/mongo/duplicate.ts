import { MongoBulkWriteError } from "mongodb";

const code = 11000;

/** Whether one write of several failed because of a duplicate key. Compares the code, since texts differ between servers. */
export const isDuplicateWrite = (failure: { readonly code?: unknown }): boolean => failure.code === code;

/** Whether a write failed, or all failed writes of a bulk failed, only because of a duplicate key. */
export const isDuplicate = (error: unknown): boolean => {
  if (!(error instanceof MongoBulkWriteError)) return error instanceof Error && "code" in error && error.code === code;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.length > 0 && errors.every((each) => each.code === code) && error.result.getWriteConcernError() === undefined;
};
