import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { told } from "./run.ts";
import { shortRun } from "./short.ts";

test("nothing acknowledged is lost and nothing is done twice when everything fails once while people work", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-faults-"));
  const lines: string[] = [];
  const outcome = await shortRun({ directory, commands: 200, seed: 1, report: (text) => void lines.push(text) }).catch((error: unknown) => {
    t.diagnostic(lines.slice(-20).join("\n"));
    throw error;
  });
  const { commands, attempts, kills, converged, findings, history } = outcome;
  assert.equal(told(findings), "", `the history: ${history}\n${lines.slice(-20).join("\n")}`);
  t.diagnostic(`${commands} commands in ${attempts} attempts, ${kills} faults, converged in ${converged} s`);
  rmSync(directory, { recursive: true, force: true });
});
