import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultRun } from "../faults/result.ts";
import { root } from "../root.ts";

/** The result of a test in the last `make test`, or in the last `make long-test`. */
export type TestResult = { readonly file: string; readonly name: string; readonly passed: boolean };

/** The results of the last runs; empty without a run. */
export type Results = {
  readonly tests: readonly TestResult[];
  readonly faults: FaultRun;
  /** How many planted bugs the simulation finds by each rule. */
  readonly planted: ReadonlyMap<string, number>;
};

const TESTS = ".pitrix/results/tests.json";
const LONG_TESTS = "docs/long-tests.json";

export const readResults = (): Results => {
  const text = (file: string): string => readFileSync(join(root, file), "utf8");
  return {
    tests: [TESTS, LONG_TESTS].flatMap((file) => (existsSync(join(root, file)) ? (JSON.parse(text(file)) as TestResult[]) : [])),
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
