/** The output and the exit code of a command; only a terminal gets colours. */
export type Terminal = {
  readonly write: (text: string) => void;
  readonly exit: (code: number) => void;
  readonly isTerminal: boolean;
  /** Asks the person at the terminal; absent where nobody can answer. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
};

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours text on a terminal unless NO_COLOR is set; otherwise returns the text unchanged. */
export const painter = ({ isTerminal }: Pick<Terminal, "isTerminal">, environment: { readonly [name: string]: string | undefined }) => {
  const isOn = isTerminal && !environment.NO_COLOR && environment.TERM !== "dumb";
  return (colour: keyof typeof codes, text: string): string => (isOn ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
};
export type Paint = ReturnType<typeof painter>;

/** Replaces control characters, so that external text cannot move the cursor. */
export const plain = (text: unknown): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this expression removes them.
  String(text ?? "").replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");

/** A table whose columns fit their widest cell; the last column is not padded. */
export const table = (head: readonly string[], rows: readonly (readonly unknown[])[], paint: Paint): string => {
  const cells = rows.map((row) => row.map(plain));
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ");
  return [paint("bold", line(head)), ...cells.map(line)].join("\n");
};

/** `90 s`, `5 min`, `3 h`, `2 d`. */
export const age = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
};
