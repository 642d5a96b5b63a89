/** Reads the fields of a path by a template of the contract, `/v1/apps/{app_id}`; undefined if the path does not fit. */
export const pathPattern = (template: string): ((path: string) => { readonly [name: string]: string } | undefined) => {
  const parts = template.split("/");
  return (path) => {
    const actual = path.split("/");
    if (actual.length !== parts.length) return undefined;
    const fields: { [name: string]: string } = {};
    for (const [index, part] of parts.entries()) {
      const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
      const text = name === undefined ? actual[index] : decoded(actual[index] ?? "");
      if (name === undefined ? text !== part : text === "") return undefined;
      if (name !== undefined) fields[name] = text ?? "";
    }
    return fields;
  };
};
export const isTemplate = (path: string): boolean => path.includes("{");

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
};
