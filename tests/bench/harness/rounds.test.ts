import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ground, startGround } from "./ground.ts";
import { runRow } from "./rounds.ts";
import { type Contestant, type Row, rate } from "./row.ts";

const contestant = (name: string, more: Partial<Contestant> & { readonly check?: string } = {}, log: string[] = []): Contestant => ({
  ...{ name, role: "peer", expected: "right" },
  run: async ({ round }) => {
    log.push(`${name}${round}`);
    return { units: 1, seconds: 1, cpuSeconds: 1, memoryBytes: 1, check: more.check ?? "right" };
  },
  ...more,
});
const rowOf = (contestants: readonly Contestant[]): Row => ({
  ...{ id: "row", order: 1, title: "A row", about: "", servers: undefined, figures: [rate("ops/s", [])] },
  prepare: async () => ({ contestants }),
});
const ground = (): Promise<Ground> => startGround({ directory: "", scale: 1, foreign: true, report: () => {} }, false);

test("contestants take turns, round by round", async () => {
  const log: string[] = [];
  await runRow(rowOf([contestant("a", {}, log), contestant("b", {}, log)]), await ground(), 2);
  assert.deepEqual(log, ["a1", "b1", "a2", "b2"]);
});

test("a wrong result does not count, and is told", async () => {
  const { standings } = await runRow(rowOf([contestant("a", { check: "wrong" })]), await ground(), 2);
  assert.deepEqual(standings[0]?.runs, [undefined, undefined]);
  assert.match(standings[0]?.errors[0] ?? "", /rejected: it left wrong, and right is right/);
});

test("who cannot run is left out, with the reason, and the others go on", async () => {
  const absent = contestant("a", {
    missing: async () => {
      throw new Error("its tool is not installed");
    },
  });
  const { standings } = await runRow(rowOf([absent, contestant("b")]), await ground(), 1);
  assert.deepEqual(
    standings.map(({ missing, runs }) => [missing, runs.length]),
    [
      ["its tool is not installed", 0],
      [undefined, 1],
    ],
  );
});
