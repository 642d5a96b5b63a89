import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";
import type { Finding } from "./findings.ts";
import { type FaultRun, resultOf, updated } from "./result.ts";
import type { RowOutcome } from "./row.ts";
import { rows } from "./rows.ts";
import { asPage, asText } from "./table.ts";

const row = { id: "1", fault: "a fault", figures: "100 commands, 10 kills", full: { commands: 100, faults: 10 }, run: undefined };
const good: RowOutcome = { commands: 50, kills: 3, findings: [], converged: 1.25 };
const lost: Finding = { column: "lost", rule: "nothing is lost", about: "x", message: "it is gone" };

test("docs/faults.md is what docs/faults.json tells, and has every row", () => {
  const run = JSON.parse(readFileSync(join(root, "docs/faults.json"), "utf8"));
  assert.equal(readFileSync(join(root, "docs/faults.md"), "utf8"), asPage(run));
  assert.deepEqual(
    run.rows.map(({ id }: { readonly id: string }) => id),
    rows.map(({ id }) => id),
  );
});

test("a row passes if nothing was found and all came to rest", () => {
  assert.equal(resultOf(row, good).verdict, "pass");
  assert.equal(resultOf(row, { ...good, findings: [lost] }).verdict, "FAIL");
  assert.equal(resultOf(row, { ...good, converged: undefined }).verdict, "FAIL");
  assert.equal(resultOf(row, new Error("no broker")).verdict, "FAIL");
  assert.equal(resultOf(row, undefined).verdict, "not run");
});

test("the table tells the share that was really done, what was broken, and why", () => {
  const [, first, second] = asText([resultOf(row, { ...good, findings: [lost, lost] }), resultOf({ ...row, full: {} }, good)]).split("\n");
  assert.match(first ?? "", /50 \(×0\.5\) +3 \(×0\.3\) +2 +0 .* 1\.3 .*FAIL: 2 lost\. First: nothing is lost/);
  assert.match(second ?? "", / 50 +3 +0 /);
});

test("rows that are run later replace their own results, and only beside those of the same factor and seed", () => {
  const table = ["1", "2", "3"].map((id) => ({ ...row, id }));
  const run = (factor: number, ids: readonly string[], outcome: RowOutcome | Error): FaultRun => ({
    ...{ seed: 1, factor, together: ids.length === table.length },
    rows: table.filter(({ id }) => ids.includes(id)).map((each) => resultOf(each, outcome)),
  });
  const verdicts = (recorded: FaultRun, later: FaultRun) =>
    updated(recorded, later, table).rows.map(({ id, verdict }) => `${id} ${verdict}`);
  const recorded = run(0.1, ["1", "2"], good);
  assert.deepEqual(verdicts(recorded, run(0.1, ["2", "3"], new Error("no broker"))), ["1 pass", "2 FAIL", "3 FAIL"]);
  assert.deepEqual(verdicts(recorded, run(0.2, ["3"], good)), ["1 not run", "2 not run", "3 pass"]);
  assert.equal(updated(run(0.1, ["1", "2", "3"], good), run(0.1, ["1"], good), table).together, false);
});
