import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from "mongodb";

const classes = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  MongoOperationTimeoutError,
];

/** Error codes of a server that cannot answer for now: it shuts down, steps down, was just elected, or has lost its connections. */
const codes = new Set<unknown>([6, 7, 64, 89, 91, 134, 189, 202, 262, 317, 358, 9001, 10107, 11600, 11602, 13435, 13436]);

/** Whether an error of the driver means that the server is unreachable or cannot answer for now. */
export const isMongoOutage = (error: unknown, depth = 0): boolean => {
  if (!(error instanceof Error) || depth > 5) return false;
  if (classes.some((each) => error instanceof each)) return true;
  // The driver does not export this class.
  if (error.name === "MongoPoolClosedError") return true;
  // The driver wraps the error of a bulk write, and of its write concern, in its own error.
  if (error instanceof MongoBulkWriteError)
    return (
      isMongoOutage(error.errorResponse, depth + 1) ||
      // Of the whole bulk; then the response is no error but what the server sent.
      codes.has(error.code) ||
      codes.has(error.result?.getWriteConcernError()?.code) ||
      // The first failed write, such as a duplicate, gives the bulk error its code; another write may have met a server that steps down.
      [error.writeErrors].flat().some(({ code }) => codes.has(code))
    );
  if (error instanceof MongoServerError) return codes.has(error.code);
  return isMongoOutage(error.cause, depth + 1);
};
