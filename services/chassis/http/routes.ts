import { operations } from "../../../schemas/generated/http.ts";
import type { Fields } from "./fields.ts";
import { isTemplate, pathPattern } from "./paths.ts";
import { makeProblem, type Problem } from "./problems.ts";
import type { HttpRow } from "./rows.ts";

type Methods = ReadonlyMap<string, HttpRow>;
/** The row of a request, and the fields that stand in its path. */
export type Route = { readonly row: HttpRow; readonly inPath: Fields };

/** Finds the route of a request's method and path. */
export const routesOf = (rows: readonly HttpRow[]): ((method: string, path: string) => Route | Problem) => {
  const routes = new Map<string, Map<string, HttpRow>>();
  for (const row of rows) {
    const { path, method } = operations[row.operation];
    routes.set(path, (routes.get(path) ?? new Map<string, HttpRow>()).set(method, row));
  }
  const templates = [...routes].filter(([path]) => isTemplate(path)).map(([path, methods]) => ({ fieldsIn: pathPattern(path), methods }));
  const find = (path: string): { readonly methods: Methods; readonly inPath: Fields } | undefined => {
    const exact = routes.get(path);
    if (exact) return { methods: exact, inPath: {} };
    for (const { fieldsIn, methods } of templates) {
      const inPath = fieldsIn(path);
      if (inPath) return { methods, inPath };
    }
    return undefined;
  };
  return (method, path) => {
    const found = find(path);
    if (!found) return makeProblem("route_not_found", path);
    const row = found.methods.get(method.toLowerCase());
    if (row) return { row, inPath: found.inPath };
    const allow = [...found.methods.keys()].join(", ").toUpperCase();
    return makeProblem("method_not_allowed", method, { headers: { allow } });
  };
};
