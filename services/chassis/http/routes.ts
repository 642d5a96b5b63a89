import { operations } from "../../../schemas/generated/http.ts";
import { isTemplate, pathPattern } from "./paths.ts";
import type { Fields } from "./requests.ts";
import type { HttpRow } from "./rows.ts";

type Methods = ReadonlyMap<string, HttpRow>;
/** Finds the rows of a path, by their methods, and the fields that stand in it. */
export const routesOf = (
  rows: readonly HttpRow[],
): ((path: string) => { readonly methods: Methods; readonly inPath: Fields } | undefined) => {
  const routes = new Map<string, Map<string, HttpRow>>();
  for (const row of rows) {
    const { path, method } = operations[row.operation];
    routes.set(path, (routes.get(path) ?? new Map<string, HttpRow>()).set(method, row));
  }
  const templates = [...routes].filter(([path]) => isTemplate(path)).map(([path, methods]) => ({ fieldsIn: pathPattern(path), methods }));
  return (path) => {
    const exact = routes.get(path);
    if (exact) return { methods: exact, inPath: {} };
    for (const { fieldsIn, methods } of templates) {
      const inPath = fieldsIn(path);
      if (inPath) return { methods, inPath };
    }
    return undefined;
  };
};
