import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultRun } from "../faults/result.ts";
import { root } from "../root.ts";

/** The result of a test in the last `make test`. */
export type TestResult = { readonly file: string; readonly name: string; readonly passed: boolean; readonly milliseconds: number };

/** The results of the last runs; empty without a run. */
export type Results = {
  readonly tests: readonly TestResult[];
  readonly faults: FaultRun;
  /** How many planted bugs the simulation finds by each rule. */
  readonly planted: ReadonlyMap<string, number>;
};

const TESTS = ".pitrix/results/tests.json";

export const readResults = (): Results => {
  const text = (file: string): string => readFileSync(join(root, file), "utf8");
  return {
    // The platform's own runs write both files.
    tests: existsSync(join(root, TESTS)) ? (JSON.parse(text(TESTS)) as readonly TestResult[]) : [],
    faults: JSON.parse(text("docs/faults.json")) as FaultRun,
    planted: plantedIn(text("docs/simulation.md")),
  };
};

const plantedIn = (page: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const line of page.split("\n")) {
    const [, , , seed = "", rule = ""] = line.split("|").map((cell) => cell.trim());
    if (/^\d+$/.test(seed)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
};
