/** Why an application package, an index or a description cannot be used: one sentence that a person can act on. */
export class PackageError extends Error {
  override readonly name = "PackageError";
  /** What stays the same when the wording changes. */
  readonly code = "invalid_package";
  /** The file of the package that is at fault, if it is one file. */
  readonly file: string | undefined;

  constructor(message: string, { file, cause }: { file?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

/** The parser's own words, without its stack. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0] ?? "";
