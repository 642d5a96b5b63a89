/** A JSON value, as configuration, templates and metadata hold them. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Throws the parser's SyntaxError. */
export const parseJson = (text: string): Json => JSON.parse(text.replace(/^\uFEFF/, ""));

export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

export const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** Does it hold what steers a terminal, a log or the direction of reading? Names must not. */
export const hasControls = (name: string): boolean => /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(name);

/** What strangers send may nest so deep that whoever walks it later falls over. */
export const isDeeperThan = (value: Json, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item: Json) => isDeeperThan(item, levels - 1)));

/** How deep anything in a package or a configuration may nest. */
export const maximumDepth = 64;
