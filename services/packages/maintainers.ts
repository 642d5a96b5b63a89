import { isObject, type Json, text } from "./json.ts";

/** Who answers for a package. */
export type Maintainer = { readonly name: string; readonly email: string; readonly url: string };

/** Packages list maintainers as objects, older ones as plain names. */
export const maintainers = (value: Json | undefined): readonly Maintainer[] =>
  Array.isArray(value)
    ? value.flatMap((item: Json) => {
        if (typeof item === "string") return [{ name: item, email: "", url: "" }];
        return isObject(item) ? [{ name: text(item.name), email: text(item.email), url: text(item.url) }] : [];
      })
    : [];
