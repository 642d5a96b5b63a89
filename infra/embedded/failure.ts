/** The kinds of failure of an embedded server. */
export type EmbeddedFailure = "toolMissing" | "installFailed" | "portInUse" | "alreadyRunning" | "notReady" | "otherLayout";

/** A failure of an embedded server; the message tells the user how to fix it. */
export class EmbeddedError extends Error {
  override readonly name = "EmbeddedError";
  readonly code: EmbeddedFailure;

  constructor(code: EmbeddedFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
