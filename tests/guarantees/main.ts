import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { standingOf } from "./judge.ts";
import { asPage } from "./page.ts";
import { sections } from "./promises.ts";
import { readResults } from "./results.ts";

// Writes docs/guarantees.md from the table of promises and the results of the last runs; with --check it only compares.
const file = join(root, "docs/guarantees.md");
const results = readResults();
if (results.tests.length === 0) {
  process.stderr.write("There are no results of a complete test run yet: run `make test` first.\n");
  process.exit(1);
}
const page = asPage(sections, results);
if (process.argv.includes("--check")) {
  const isFresh = existsSync(file) && readFileSync(file, "utf8") === page;
  if (!isFresh) process.stderr.write("docs/guarantees.md differs from the results of this run: run `make guarantees`.\n");
  process.exit(isFresh ? 0 : 1);
}
writeFileSync(file, page);
for (const promise of sections.flatMap(({ promises }) => promises)) {
  const standing = standingOf(promise, results);
  if (standing !== "proved") process.stdout.write(`${standing}: ${promise.promise}\n`);
}
process.stdout.write(`docs/guarantees.md is written.\n`);
