import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** The parsed content of a JSON file; undefined if it is missing or incomplete. The caller checks the shape. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** Writes a temporary file and renames it, so that readers never see a partial file, even after a crash. */
export const writeJson = (path: string, value: unknown, mode = 0o644): void => {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(value, undefined, 2)}\n`, { mode });
  renameSync(temporary, path);
};

/** Narrows parsed JSON to an object with unknown fields. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
