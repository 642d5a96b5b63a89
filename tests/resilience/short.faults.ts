import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { problemsOf, short } from "./rows.ts";
import { run } from "./run.ts";

test("whatever is away, all others go on, and it catches up by itself when it is back", { timeout: 420_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-resilience-"));
  const lines: string[] = [];
  const report = (text: string) => void lines.push(text);
  const outcome = await run({ directory, rate: 25, seed: 1, report, scenes: short }).catch((error: unknown) => {
    t.diagnostic(lines.slice(-20).join("\n"));
    throw error;
  });
  const { answers, commands, stale, refusals, own, told } = outcome;
  for (const line of told) t.diagnostic(line);
  t.diagnostic(`${answers} answers, ${stale} stale, ${commands} commands; ${refusals.count} refusals in ${refusals.median.toFixed(1)} ms`);
  assert.deepEqual(problemsOf(outcome).slice(0, 5), [], `histories and logs: ${directory}\n${lines.slice(-20).join("\n")}`);
  assert.ok(stale > 0 && refusals.count > 0);
  // The machine may be slow, and then the gateway is slow with what it answers itself: only what a refusal takes beyond that is its own.
  assert.ok(refusals.median < 50 + own.median, `half of the refusals took longer than ${refusals.median} ms`);
  rmSync(directory, { recursive: true, force: true });
});
