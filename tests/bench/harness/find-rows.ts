import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Row } from "./row.ts";

/** All rows: every `rows/<id>/row.ts` exports one. */
export const findRows = async (): Promise<readonly Row[]> => {
  const folder = join(import.meta.dirname, "..", "rows");
  const rows: Row[] = [];
  for (const id of readdirSync(folder)) {
    const file = join(folder, id, "row.js");
    // The shape that `rows/<id>/row.ts` is checked to have where it is written.
    if (existsSync(file)) rows.push(((await import(pathToFileURL(file).href)) as { row: Row }).row);
  }
  return rows.sort((a, b) => a.order - b.order);
};

/** Neighbours that share their servers. */
export const neighbours = (of: readonly Row[]): readonly (readonly Row[])[] => {
  const found: Row[][] = [];
  for (const row of of) {
    const last = found.at(-1);
    if (last && row.servers !== undefined && last[0]?.servers === row.servers) last.push(row);
    else found.push([row]);
  }
  return found;
};
