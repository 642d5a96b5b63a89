/** An invalid application package, index or description; the message is one sentence for the user. */
export class PackageError extends Error {
  override readonly name = "PackageError";
  /** A stable code, independent of the message. */
  readonly code = "invalid_package";
  /** The invalid file of the package, if the error concerns one file. */
  readonly file: string | undefined;

  constructor(message: string, { file, cause }: { file?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

/** The first line of the parser's message. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0] ?? "";
