import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { type ApiDocument, bodyLimit } from "../chassis/http/document.ts";
import { isTemplate, pathPattern } from "../chassis/http/paths.ts";

/**
 * What sending a request twice does: a `read` changes nothing, a `keyed` write happens once if it carries an idempotency key,
 * and what is `once` must not be repeated.
 */
export type Repeat = "read" | "keyed" | "once";

/** Where a request goes, and what has to be known of it before. */
export type Route = {
  /** For figures and logs. */
  readonly name: string;
  /** What the caller must be allowed to do; undefined: everybody may. */
  readonly operation: OperationId | undefined;
  readonly service: string;
  readonly method: string;
  /** As the service knows it. */
  readonly path: string;
  readonly repeat: Repeat;
  /** Bytes that its body may have. */
  readonly maxBytes: number;
};
export type Routes = {
  readonly find: (method: string, path: string) => Route | undefined;
  readonly all: readonly Route[];
};

/** Every operation of the contract. */
export const routesOf = (document: ApiDocument): Routes => {
  const limitOf = bodyLimit(document);
  const ids = Object.keys(operations) as OperationId[]; // Its keys are exactly these.
  const all = ids.map((operation): Route => {
    const { method, path, service, public: everybody } = operations[operation];
    return {
      name: operation,
      operation: everybody ? undefined : operation,
      service,
      method: method.toUpperCase(),
      path,
      repeat: repeatOf(document, path, method),
      maxBytes: limitOf(operation),
    };
  });
  const exact = new Map(all.map((route) => [`${route.method} ${route.path}`, route]));
  const templates = all.filter(({ path }) => isTemplate(path)).map((route) => ({ route, fits: pathPattern(route.path) }));
  const templated = (method: string, path: string): Route | undefined => {
    const found = templates.find(({ route, fits }) => route.method === method && fits(path));
    return found && { ...found.route, path };
  };
  return {
    all,
    find: (method, path) => exact.get(`${method} ${path}`) ?? exact.get(`${method} ${decoded(path)}`) ?? templated(method, path),
  };
};

/** The contract says it: reads can wait for a position, and writes that happen once take an idempotency key. */
const repeatOf = ({ paths }: ApiDocument, path: string, method: string): Repeat => {
  if (method === "get") return "read";
  const parameters: unknown = Reflect.get(Object(paths[path]?.[method]), "parameters");
  const named = (name: string): boolean => JSON.stringify(parameters ?? []).includes(`#/components/parameters/${name}"`);
  return named("WaitFor") ? "read" : named("IdempotencyKey") ? "keyed" : "once";
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
};
