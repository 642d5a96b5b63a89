/** Something that the person at the terminal can do something about: a sentence, and how the process ends. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
  readonly code: number;
  constructor(message: string, code: number = exitCodes.failed) {
    super(message);
    this.code = code;
  }
}

/** 0: done. As in sysexits.h where that has a word for it. */
export const exitCodes = { failed: 1, usage: 64, notFound: 66, unavailable: 69, denied: 77, settings: 78 } as const;
