import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

type Json = { readonly [name: string]: unknown };
/** The OpenAPI document of the platform, or the part of it that concerns some operations. */
export type ApiDocument = Json & { readonly paths: { readonly [path: string]: Json } };

const FILE = join("schemas", "generated", "openapi.json");

/** Reads the contract; it stands above the compiled code and above the source alike. */
export const apiDocument = (): ApiDocument => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, FILE))) return JSON.parse(readFileSync(join(folder, FILE), "utf8"));
    if (folder === dirname(folder)) throw new Error(`${FILE} is not above ${fileURLToPath(import.meta.url)}`);
  }
};

/** The part that concerns these operations. */
export const partOf = (document: ApiDocument, operations: ReadonlySet<string>): ApiDocument => ({
  ...document,
  paths: Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) => {
      const mine = Object.entries(methods).filter(([, operation]) => operations.has(idIn(operation)));
      return mine.length > 0 ? [[path, Object.fromEntries(mine)]] : [];
    }),
  ),
});

/** Operations that take bytes, so that their bodies may be large. */
export const operationsWithBytes = ({ paths }: ApiDocument): ReadonlySet<string> =>
  new Set(
    Object.values(paths).flatMap((methods) =>
      Object.values(methods)
        .filter((operation) => JSON.stringify(fieldOf(operation, "requestBody") ?? {}).includes('"format":"byte"'))
        .map(idIn),
    ),
  );

/** Operations that take forms beside JSON. */
export const operationsWithForms = ({ paths }: ApiDocument): ReadonlySet<string> =>
  new Set(
    Object.values(paths).flatMap((methods) =>
      Object.values(methods)
        .filter((operation) => JSON.stringify(fieldOf(operation, "requestBody") ?? {}).includes("x-www-form-urlencoded"))
        .map(idIn),
    ),
  );

const idIn = (operation: unknown): string => String(fieldOf(operation, "operationId") ?? "");
const fieldOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === "object" ? Reflect.get(value, name) : undefined;
