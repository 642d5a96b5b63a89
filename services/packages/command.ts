/**
 * Splits a command line into words as a shell does: quotes group, and a backslash escapes the next character. Variables and
 * operators have no meaning. The end of the line closes an open quote.
 */
export const commandWords = (command: string): readonly string[] => tokens(command).map(({ word }) => word);

/** Quotes a word for `commandWords` and for a POSIX shell. */
export const quoteWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Replaces each word for which `change` returns a text; the text stays one word. The rest of the line is unchanged. */
export const mapWords = (command: string, change: (word: string) => string | undefined): string => {
  let result = "";
  let end = 0;
  for (const token of tokens(command)) {
    const changed = change(token.word);
    result += command.slice(end, token.start) + (changed === undefined ? command.slice(token.start, token.end) : quoteWord(changed));
    end = token.end;
  }
  return result + command.slice(end);
};

type Token = { readonly word: string; readonly start: number; readonly end: number };

const pieces = /'[^']*(?:'|$)|"(?:\\[\s\S]?|[^"\\])*(?:"|$)|\\[\s\S]|[^\s'"\\]+|\\$/y;

const tokens = (command: string): readonly Token[] => {
  const found: Token[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(command[position] ?? "")) position += 1;
    if (position >= command.length) return found;
    const start = position;
    let word = "";
    for (;;) {
      pieces.lastIndex = position;
      const piece = pieces.exec(command)?.[0];
      if (piece === undefined) break;
      word += unquoted(piece);
      position = pieces.lastIndex;
    }
    found.push({ word, start, end: position });
  }
};

const unquoted = (piece: string): string => {
  if (piece.startsWith("'")) return piece.slice(1).replace(/'$/, "");
  if (piece.startsWith('"')) return piece.slice(1, isClosed(piece) ? -1 : undefined).replace(/\\(["\\$`])/g, "$1");
  return piece.startsWith("\\") && piece.length > 1 ? piece.slice(1) : piece;
};

const isClosed = (piece: string): boolean => /^"(?:\\[\s\S]|[^"\\])*"$/.test(piece);
