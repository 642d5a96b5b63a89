import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { type ApiDocument, bodyLimit } from "../chassis/http/document.ts";
import { isTemplate, pathPattern } from "../chassis/http/paths.ts";

/**
 * Whether a request may be repeated: a `read` changes nothing, a `keyed` write happens once if it carries an idempotency key, and a `once`
 * request must not be repeated.
 */
export type Repeat = "read" | "keyed" | "once";

/** An operation as the gateway knows it. */
export type Route = {
  /** For metrics and logs. */
  readonly name: string;
  /** The operation that the caller must be permitted to call; undefined: it is public. */
  readonly operation: OperationId | undefined;
  readonly service: string;
  readonly method: string;
  /** The path on the service. */
  readonly path: string;
  readonly repeat: Repeat;
  /** Whether an answer may be given again while the service is down. Not one that tells of people: they may be deleted by then. */
  readonly isKept: boolean;
  /** Bytes that the body of a request may have. */
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
    const { method, path, service, public: everybody, personal = false } = operations[operation];
    return {
      name: operation,
      operation: everybody ? undefined : operation,
      service,
      method: method.toUpperCase(),
      isKept: method === "get" && !personal,
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

/** Read off the contract: reads can wait for a position, and writes that happen once take an idempotency key. */
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
