/** A table's function threw: a bug, which a retry cannot fix. */
export class TableError extends Error {
  override name = "TableError";
}

/** Calls a function of a table; throws TableError with the row's name if it throws. */
export const inTable = <T>(row: string, run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw new TableError(`${row} threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};
