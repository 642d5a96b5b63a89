import type { Result as FaultResult } from "../faults/result.ts";
import type { Promised, Proof } from "./promise.ts";
import type { Results, TestResult } from "./results.ts";
import { isNamed } from "./titles.ts";

export type Verdict = "passed" | "failed" | "not run";
/** A promise is proved if every one of its proofs passed; a proof that did not run does not count. */
export type Standing = "proved" | "broken" | "not run" | "not proved yet";

export const verdictOf = (proof: Proof, { tests, faults }: Results): Verdict => {
  switch (proof.kind) {
    case "test":
      return proof.file.startsWith("tests/contract/") ? onEveryAdapter(proof.name, tests) : together(named(proof.file, proof.name, tests));
    case "simulation": {
      const ran = ["simulation", "planted"].map((name) =>
        together(tests.filter(({ file }) => file === `tests/simulation/${name}.test.ts`)),
      );
      return ran.find((verdict) => verdict !== "passed") ?? "passed";
    }
    case "fault":
      return faultVerdicts[faults.rows.find(({ id }) => id === proof.row)?.verdict ?? "not run"];
  }
};
const faultVerdicts: { readonly [verdict in FaultResult["verdict"]]: Verdict } = { pass: "passed", FAIL: "failed", "not run": "not run" };

export const standingOf = ({ proofs, missing }: Promised, results: Results): Standing => {
  const verdicts = proofs.map((proof) => verdictOf(proof, results));
  if (verdicts.includes("failed")) return "broken";
  if (missing !== undefined || proofs.length === 0) return "not proved yet";
  return verdicts.every((verdict) => verdict === "passed") ? "proved" : "not run";
};

const named = (file: string, name: string, tests: readonly TestResult[]): readonly TestResult[] =>
  tests.filter((test) => test.file === file && isNamed(test.name, name));

const together = (found: readonly TestResult[]): Verdict =>
  found.length === 0 ? "not run" : found.every(({ passed }) => passed) ? "passed" : "failed";

/** Functions create a contract's tests, so their file is one of tests/contract. Each test runs on at least two adapters; its title may begin with the adapter's name. */
const onEveryAdapter = (name: string, tests: readonly TestResult[]): Verdict => {
  const counts = new Map<string, number>();
  const found = tests.filter((test) => {
    if (!test.file.startsWith("tests/contract/")) return false;
    const title = [test.name, test.name.replace(/^[^:]*: /, "")].find((each) => isNamed(each, name));
    if (title !== undefined) counts.set(title, (counts.get(title) ?? 0) + 1);
    return title !== undefined;
  });
  return [...counts.values()].some((count) => count < 2) ? "not run" : together(found);
};
