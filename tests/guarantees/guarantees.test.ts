import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rows } from "../faults/rows.ts";
import { root } from "../root.ts";
import { standingOf } from "./judge.ts";
import { asPage, outline } from "./page.ts";
import { faults, type Promised, rules, tests } from "./promise.ts";
import { sections } from "./promises.ts";
import { type Results, readResults, type TestResult } from "./results.ts";
import { isNamed, titlesIn } from "./titles.ts";

const promises = sections.flatMap((section) => section.promises);
const proofs = promises.flatMap(({ id, proofs }) => proofs.map((proof) => ({ id, proof })));
const source = (file: string): string => readFileSync(join(root, file), "utf8");

test("every promise has a unique id, existing files that keep it, and a proof or a reason why it has none", () => {
  assert.equal(new Set(promises.map(({ id }) => id)).size, promises.length);
  assert.equal(new Set(promises.map(({ promise }) => promise)).size, promises.length);
  for (const { id, keptBy, proofs, missing } of promises) {
    assert.ok(proofs.length > 0 || missing !== undefined, `${id} has no proof`);
    assert.ok(keptBy.length > 0 || missing !== undefined, `${id} names no file that keeps it`);
    for (const file of keptBy) assert.ok(existsSync(join(root, file)), `${id} is kept by ${file}, which does not exist`);
  }
});

test("every test that a promise names exists", () => {
  const gone = proofs.filter(
    ({ proof }) =>
      proof.kind === "test" &&
      !(existsSync(join(root, proof.file)) && titlesIn(source(proof.file)).some((title) => isNamed(title, proof.name))),
  );
  assert.deepEqual(gone, []);
});

test("every simulation rule and every fault row that a promise names exists", () => {
  const files = ["events/simulation", "tests/simulation"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const checks = files.filter((file) => file.endsWith(".ts") && !file.includes("planted")).map(source);
  for (const { id, proof } of proofs) {
    if (proof.kind === "simulation")
      assert.ok(
        checks.some((text) => text.includes(`"${proof.rule}"`)),
        `${id}: no rule ${proof.rule}`,
      );
    if (proof.kind === "fault")
      assert.ok(
        rows.some((row) => row.id === proof.row),
        `${id}: no row ${proof.row}`,
      );
  }
});

test("the page names the promises of the table, each with its proofs", () => {
  assert.equal(outline(source("docs/guarantees.md")), outline(asPage(sections, readResults())), "run `make guarantees`");
});

const found: readonly TestResult[] = [
  ...["memory: ", "mongo: "].map((adapter) => ({
    file: "tests/contract/fixture.ts",
    name: `${adapter}it keeps`,
    passed: true,
    milliseconds: 1,
  })),
  { file: "tests/contract/fixture.ts", name: "memory: it is alone", passed: true, milliseconds: 1 },
  { file: "tests/a.test.ts", name: "it fails", passed: false, milliseconds: 1 },
  { file: "tests/a.test.ts", name: "it works", passed: true, milliseconds: 1 },
  { file: "tests/a.test.ts", name: "it works again", passed: true, milliseconds: 1 },
];
const row = { fault: "", figures: "", full: {} };
const results: Results = {
  tests: found,
  faults: {
    seed: 1,
    factor: 1,
    together: true,
    rows: [
      { ...row, id: "1", verdict: "pass" },
      { ...row, id: "2", verdict: "FAIL" },
      { ...row, id: "3", verdict: "not run" },
    ],
  },
  planted: new Map(),
};
const promised = (...given: Promised["proofs"]): Promised => ({ id: "x", promise: "X.", how: "y", keptBy: [], proofs: given });

const expectations: readonly (readonly [what: string, promise: Promised, standing: string])[] = [
  [
    "whose tests passed on every adapter is proved",
    promised(...tests("contract/x.ts", "it keeps"), ...tests("a.test.ts", "it works")),
    "proved",
  ],
  ["that stands for many tests is proved by all", promised(...tests("a.test.ts", "it works…")), "proved"],
  ["whose row passed is proved", promised(...faults("1")), "proved"],
  ["with a test that failed is broken", promised(...tests("a.test.ts", "it works", "it fails")), "broken"],
  ["with many tests of which one failed is broken", promised(...tests("a.test.ts", "it …")), "broken"],
  ["with a row that failed is broken", promised(...tests("a.test.ts", "it works"), ...faults("2")), "broken"],
  ["with a test that did not run is not proved", promised(...tests("a.test.ts", "it works", "it rests")), "not run"],
  ["with a contract that one adapter ran is not proved", promised(...tests("contract/x.ts", "it is alone")), "not run"],
  ["with a row that did not run is not proved", promised(...faults("1", "3")), "not run"],
  ["of a simulation that did not run is not proved", promised(...rules("any")), "not run"],
  ["without a proof is not proved", { ...promised(), missing: "not implemented yet" }, "not proved yet"],
];
for (const [what, promise, standing] of expectations)
  test(`a promise ${what}`, () => {
    assert.equal(standingOf(promise, results), standing);
  });

test("a simulation proves its rules if both it and the planted bugs passed", () => {
  const of = (name: string, passed: boolean) => ({ file: `tests/simulation/${name}.test.ts`, name: "x", passed, milliseconds: 1 });
  const standing = (...tests: readonly TestResult[]) => standingOf(promised(...rules("any")), { ...results, tests });
  assert.equal(standing(of("simulation", true), of("planted", true)), "proved");
  assert.equal(standing(of("simulation", true), of("planted", false)), "broken");
  assert.equal(standing(of("simulation", true)), "not run");
});

test("titles are read from the source, with … for interpolated parts", () => {
  const text = ['test("one", ', `on(\`a \${x} b\`, `, `onGround(\`\${name}: two\`, make`, 'test(\n      "three", '].join("\n");
  assert.deepEqual(titlesIn(text), ["one", "a … b", "two", "three"]);
});
