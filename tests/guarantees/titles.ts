/** The titles of a file's tests in its source; interpolated parts become "…". */
export const titlesIn = (source: string): readonly string[] =>
  [...source.matchAll(/\b(?:test|on|onGround)\(\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g)].map(([, plain, template = ""]) =>
    (plain ?? template).replace(/^\$\{name\}: /, "").replaceAll(/\$\{.*?\}/g, "…"),
  );

/** A name that ends in … matches all titles with this beginning. */
export const isNamed = (title: string, name: string): boolean =>
  name.endsWith("…") ? title.startsWith(name.slice(0, -1)) : title === name;
