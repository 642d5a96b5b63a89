/** What can go wrong with an embedded server, for callers that react differently. */
export type EmbeddedFailure = "toolMissing" | "installFailed" | "portInUse" | "alreadyRunning" | "notReady" | "otherLayout";

/** A failure of an embedded server whose message says what a person can do about it. */
export class EmbeddedError extends Error {
  override readonly name = "EmbeddedError";
  readonly code: EmbeddedFailure;

  constructor(code: EmbeddedFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
