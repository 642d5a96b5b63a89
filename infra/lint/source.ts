import jsTokens, { type Token } from "js-tokens";

/** `type` imports are erased; `value` imports load the file; `dynamic` imports load it later. */
export type Import = {
  readonly kind: "type" | "value" | "dynamic";
  /** The text between the quotes; empty if the path is computed. */
  readonly specifier: string;
  /** The imported names; `*`: all. */
  readonly names: readonly string[];
  readonly line: number;
};
export type Source = {
  /** The text at the same offsets, with comments, regular expressions and the content of strings blanked. */
  readonly code: string;
  readonly imports: readonly Import[];
};

/** Reads the imports of a TypeScript file. */
export const readSource = (text: string): Source => {
  const code = [...jsTokens(text)].map(shown).join("");
  const found = (pattern: RegExp, load: Import["kind"]): readonly Import[] =>
    [...code.matchAll(pattern)].map(({ 0: match, index, groups = {} }) => {
      const { type, clause = "*", string = "" } = groups;
      const end = index + match.length;
      return {
        kind: type ? "type" : load,
        specifier: text.slice(end - string.length + 1, end - 1),
        names: [...clause.matchAll(imported)].map(([, name = ""]) => name),
        line: lineOf(code, index),
      };
    });
  return { code, imports: [...found(statement, "value"), ...found(call, "dynamic")] };
};

export const lineOf = (code: string, offset: number): number => code.slice(0, offset).split("\n").length;

/** `import { a } from "x"`, `import type { A } from "x"`, `export * from "x"`, `import "x"`. */
const statement =
  /(?<![.\w$])(?:import|export)\b(?<type>\s+type\b(?!\s+from\b|\s*,))?(?:(?<clause>[\s\w$*{},]*?)\bfrom\b|(?<=import))\s*(?<string>(["']) *\4)/g;
/** `import("x")`, `typeof import("x")`. */
const call = /(?<![.\w$])(?<type>typeof\s+)?\bimport\s*\(\s*(?<string>(["']) *\3(?=\s*[,)]))?/g;
const imported = /(?:^|[{,])\s*(?:type\s+)?(\*|[\w$]+)/g;

const shown = (token: Token): string => {
  if (token.type === "Invalid" || ("closed" in token && !token.closed)) throw new SyntaxError(`cannot read ${token.value.slice(0, 40)}`);
  return hidden[token.type]?.(token.value) ?? token.value;
};
const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ");
const hidden: { readonly [T in Token["type"]]?: (text: string) => string } = {
  StringLiteral: (text) => text.charAt(0) + blank(text.slice(1, -1)) + text.charAt(0),
  NoSubstitutionTemplate: blank,
  TemplateHead: blank,
  TemplateMiddle: blank,
  TemplateTail: blank,
  RegularExpressionLiteral: blank,
  MultiLineComment: blank,
  SingleLineComment: blank,
  HashbangComment: blank,
};
