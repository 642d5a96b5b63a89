import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chartOf } from "./chart.ts";
import { findRows, neighbours } from "./harness/find-rows.ts";
import { startFixture } from "./harness/fixture.ts";
import { machine } from "./harness/machine.ts";
import { type RowResult, runsOf } from "./harness/result.ts";
import { runRow } from "./harness/rounds.ts";
import type { Row } from "./harness/row.ts";
import { asPage, asText } from "./table.ts";

const rightIn = (row: Row, result: RowResult): void => {
  assert.deepEqual(
    result.standings.flatMap(({ errors }) => errors),
    [],
  );
  for (const standing of result.standings.filter(({ missing }) => missing === undefined)) {
    assert.equal(runsOf(standing).length, 1, standing.name);
    for (const figure of row.figures)
      for (const run of runsOf(standing)) assert.ok(Number.isFinite(figure.of(run)), `${standing.name}: ${figure.name}`);
  }
};

const toldOf = (results: readonly RowResult[], servers: string): void => {
  const report = { machine: machine(), servers, scale: 1, runs: 1, date: "today", minutes: 1, results };
  const shown = [asText(report), asPage(report)];
  for (const { name } of results.flatMap(({ standings }) => standings)) for (const text of shown) assert.ok(text.includes(name), name);
  assert.ok(chartOf(report).endsWith("</svg>\n"));
};

/** The row of latencies has the contestants of the row of commands, and these two hold the platform against itself. */
const left = ["latency", "growth", "rest"];

// Whether it runs and its results are right, not its figures: the smallest amounts, one round, nothing in other languages.
for (const rows of neighbours((await findRows()).filter(({ id }) => !left.includes(id))))
  test(`every contestant of ${rows.map(({ id }) => id).join(" and ")} comes to the right result, and the table tells of it`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "pitrix-bench-"));
    const options = { directory, scale: 1e-6, foreign: false, embedded: true, report: () => {} };
    const fixture = await startFixture(
      options,
      rows.some(({ servers }) => servers !== undefined),
    );
    try {
      const results: RowResult[] = [];
      for (const row of rows) {
        // Rows that share their servers share the programs of their peers.
        const result = await runRow(row, row === rows[0] ? fixture : { ...fixture, roles: ["floor", "pitrix"] }, 1);
        rightIn(row, result);
        results.push(result);
      }
      toldOf(results, fixture.servers);
    } finally {
      await fixture.stop();
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
    }
  });
