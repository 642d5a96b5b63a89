/** The titles of a file's tests as they stand in its source; what is put in when it runs is "…". */
export const titlesIn = (source: string): readonly string[] =>
  [...source.matchAll(/\b(?:test|on|onGround)\(\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g)].map(([, plain, template = ""]) =>
    (plain ?? template).replace(/^\$\{name\}: /, "").replaceAll(/\$\{.*?\}/g, "…"),
  );

/** A name that ends in … stands for all that begin so. */
export const isNamed = (title: string, name: string): boolean =>
  name.endsWith("…") ? title.startsWith(name.slice(0, -1)) : title === name;
