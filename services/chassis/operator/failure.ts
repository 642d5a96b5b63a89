/** A failure that the user can act on: a sentence and the exit code of the process. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
  readonly code: number;
  constructor(message: string, code: number = exitCodes.failed) {
    super(message);
    this.code = code;
  }
}

/** Exit codes besides 0; values from 64 are those of sysexits.h. */
export const exitCodes = { failed: 1, usage: 64, notFound: 66, unavailable: 69, denied: 77, settings: 78 } as const;
