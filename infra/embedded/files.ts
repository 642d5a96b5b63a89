import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** The parsed content of a JSON file; undefined if it is not there or torn. The caller checks the shape. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** Writes beside and renames, so that a reader or a crash never sees half a file. */
export const writeJson = (path: string, value: unknown, mode = 0o644): void => {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(value, undefined, 2)}\n`, { mode });
  renameSync(beside, path);
};

/** Narrows parsed JSON to an object with unknown fields. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
