import { type CommandLine, refused } from "./types.ts";

/**
 * Splits a command into words: blanks separate, 'single quotes' are literal, in "double quotes" a backslash escapes `"` and `\`,
 * elsewhere the next character. Nothing else has a meaning: `$`, `;`, `|`, `>`, `*` and `~` are letters.
 */
export const splitWords = (text: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === quote) {
      quote = "";
    } else if (quote === "" && (letter === "'" || letter === '"')) {
      quote = letter;
      word ??= "";
    } else if (letter === "\\" && next !== "" && (quote === "" || (quote === '"' && (next === '"' || next === "\\")))) {
      word = (word ?? "") + next;
      at++;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== "") throw refused(`the command has an unclosed ${quote}: ${text}`);
  if (word !== undefined) words.push(word);
  return words;
};

/** The words of a command line, of which the first names a program. */
export const wordsOf = (line: CommandLine): readonly [string, ...string[]] => {
  const [program, ...rest] = typeof line === "string" ? splitWords(line) : line;
  if (program === undefined || program === "") throw refused("the command is empty");
  if ([program, ...rest].some((word) => word.includes("\0"))) throw refused("a word of the command holds a NUL character");
  return [program, ...rest];
};
