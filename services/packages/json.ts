/** A JSON value of a configuration, template or metadata file. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws the parser's SyntaxError. */
export const parseJson = (text: string): Json => JSON.parse(text.replace(/^\uFEFF/, ""));

export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

export const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** True if the text has characters that control a terminal, a log or the text direction. Names must not have them. */
export const hasControls = (name: string): boolean => /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(name);

/** True if a text in the value, or a name, holds the character. */
export const holds = (value: Json, character: string): boolean => {
  if (typeof value === "string") return value.includes(character);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, item]) => name.includes(character) || holds(item, character));
};

/** True if the value nests deeper than the limit; deep nesting could overflow the stack of later code. */
export const isDeeperThan = (value: Json, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item: Json) => isDeeperThan(item, levels - 1)));

/** The allowance minus all values and their characters; a value that occurs several times counts each time. Stops below zero. */
export const weighed = (value: Json, allowance: number): number => {
  let left = allowance - 1 - (typeof value === "string" ? value.length : 0);
  if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) {
      left = weighed(item, isObject(value) ? left - key.length : left);
      if (left <= 0) return left;
    }
  return left;
};

/** Maximum nesting depth of a package file or a configuration. */
export const maximumDepth = 64;
