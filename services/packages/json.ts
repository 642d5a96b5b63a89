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
