import type { MemoryDatabase } from "../../events/memory/database.ts";
import type { AnyService } from "../../events/service.ts";
import type { Violation } from "../../events/simulation/check/evidence.ts";
import type { Contents } from "./evidence.ts";
import type { Line } from "./history.ts";
import type { Call } from "./ledger.ts";

/** All that a fault run leaves behind. */
export type Traces = {
  readonly services: readonly AnyService[];
  readonly history: readonly Line[];
  readonly contents: Contents;
  readonly databases: ReadonlyMap<string, MemoryDatabase>;
  /** Of the outside that counts them; undefined where it is a real one. */
  readonly calls: readonly Call[] | undefined;
};

/** Which promise was broken: the columns of the table of results. */
export type Column = "lost" | "duplicated" | "divergent" | "disordered" | "refused wrongly" | "unfinished";
export type Finding = Violation & { readonly column: Column };

export const finding = (column: Column, rule: string, about: string, message: string): Finding => ({ column, rule, about, message });

/** How many of a kind. */
export const tally = (findings: readonly Finding[]): { readonly [column in Column]: number } => {
  const sums = { lost: 0, duplicated: 0, divergent: 0, disordered: 0, "refused wrongly": 0, unfinished: 0 };
  for (const { column } of findings) sums[column]++;
  return sums;
};
