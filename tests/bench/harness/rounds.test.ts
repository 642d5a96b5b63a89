import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fixture, startFixture } from "./fixture.ts";
import { watchPower } from "./machine.ts";
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
const fixture = (): Promise<Fixture> => startFixture({ directory: "", scale: 1, foreign: true, report: () => {} }, false);

/** A machine that gives each run the next of these powers, and then always the last of them. */
const machineOf = (...powers: readonly number[]) => {
  let run = 0;
  return () => () => ({ power: powers[Math.min(run++, powers.length - 1)] ?? 1, stolen: 0.01 * run });
};
const even = machineOf(1);

test("contestants take turns, round by round", async () => {
  const log: string[] = [];
  await runRow(rowOf([contestant("a", {}, log), contestant("b", {}, log)]), await fixture(), 2, even);
  assert.deepEqual(log, ["a1", "b1", "a2", "b2"]);
});

test("a wrong result does not count, and is told", async () => {
  const { standings } = await runRow(rowOf([contestant("a", { check: "wrong" })]), await fixture(), 2, even);
  assert.deepEqual(standings[0]?.runs, [undefined, undefined]);
  assert.match(standings[0]?.errors[0] ?? "", /rejected: it left wrong, and right is right/);
});

test("who cannot run is left out, with the reason, and the others go on", async () => {
  const absent = contestant("a", {
    missing: async () => {
      throw new Error("its tool is not installed");
    },
  });
  const { standings } = await runRow(rowOf([absent, contestant("b")]), await fixture(), 1);
  assert.deepEqual(
    standings.map(({ missing, runs }) => [missing, runs.length]),
    [
      ["its tool is not installed", 0],
      [undefined, 1],
    ],
  );
});

test("rounds in which the machine drifted are run anew, up to half as many again, and the most even ones count", async () => {
  const log: string[] = [];
  const drifting = machineOf(1, 0.4, 1, 0.9, 1, 0.6, 1, 0.7, 1, 1);
  const { standings, conditions } = await runRow(rowOf([contestant("a", {}, log), contestant("b", {}, log)]), await fixture(), 4, drifting);
  assert.deepEqual(log.length, 12);
  assert.deepEqual(
    standings.map(({ runs }) => runs.length),
    [4, 4],
  );
  assert.deepEqual(conditions, { run: 6, evenness: [0.9, 0.7, 1, 1], stolen: 0.12 });
});

test("where the machine stays even, no round is run anew", async () => {
  const { conditions } = await runRow(rowOf([contestant("a"), contestant("b")]), await fixture(), 4, machineOf(1, 0.9));
  assert.deepEqual([conditions.run, conditions.evenness], [4, [0.9, 1, 1, 1]]);
});

test("a run that has less of the machine has less power", () => {
  const { power, stolen } = watchPower()();
  assert.ok(power > 0 && Number.isFinite(power));
  assert.ok(stolen >= 0 && stolen < 1);
});
