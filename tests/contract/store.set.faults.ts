import { execFile } from "node:child_process";
import { join } from "node:path";
import { finding } from "../faults/findings.ts";
import type { RowOutcome, RunOptions } from "../faults/row.ts";

const LIMIT = 9 * 60_000;

/** Runs the contract suite of the store on three nodes, in a test process of its own. */
export const contractOnThree = async ({ report }: RunOptions): Promise<RowOutcome> => {
  report("runs the contract of the store");
  const args = ["--test", "--test-reporter=tap", join(import.meta.dirname, "store.mongo.integration.js")];
  const env = { ...process.env, PITRIX_STORE_NODES: "3", NODE_TEST_CONTEXT: undefined };
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { env, timeout: LIMIT, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => resolve(stdout));
  });
  const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? 0);
  const failed = [...output.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name = ""]) => name);
  const rule = "the contract holds on three nodes";
  const findings = failed.map((name) => finding("unfinished", rule, "", name));
  if (passed === 0 && failed.length === 0) findings.push(finding("unfinished", rule, "", "no test ran"));
  return { commands: passed, kills: 0, findings, converged: 0, note: "its commands are tests that passed" };
};
