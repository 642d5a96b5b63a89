import { commandWords } from "../../../packages/command.ts";
import { type CommandLine, refused } from "./types.ts";

/** The words of a command line. The first word is the program. */
export const wordsOf = (line: CommandLine): readonly [string, ...string[]] => {
  const [program, ...rest] = typeof line === "string" ? commandWords(line) : line;
  if (program === undefined || program === "") throw refused("the command is empty");
  if ([program, ...rest].some((word) => word.includes("\0"))) throw refused("a word of the command holds a NUL character");
  return [program, ...rest];
};
