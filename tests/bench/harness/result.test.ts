import assert from "node:assert/strict";
import { test } from "node:test";
import { asText, numeral } from "../table.ts";
import { contentHash } from "./content.ts";
import { neighbours } from "./find-rows.ts";
import { eventsOfALife, lives } from "./lives.ts";
import { type RowResult, ratioTo, type Standing, verdictOf } from "./result.ts";
import { type Contestant, type Measurement, type Row, rate } from "./row.ts";
import { summaryOf } from "./statistics.ts";

const run = (units: number): Measurement => ({ units, seconds: 1, cpuSeconds: 0.5, memoryBytes: 1e6, check: "" });
const standing = (role: Contestant["role"], name: string, units: readonly (number | undefined)[]): Standing => ({
  ...{ role, name, errors: [] },
  runs: units.map((each) => (each === undefined ? undefined : run(each))),
});
const figure = rate("ops/s", [{ of: "bare", least: 0.5 }, { of: "other", least: 2 }, { least: 100 }, { most: 60 }]);
const result: RowResult = {
  conditions: { run: 4, evenness: [0.9, 0.85, 0.8], stolen: 0.02 },
  ...{ id: "row", title: "A row", about: "", figures: [figure] },
  standings: [
    standing("floor", "bare", [100, 200, 400]),
    standing("pitrix", "Pitrix", [60, 100, undefined]),
    standing("peer", "other", [undefined, 20, 20]),
  ],
};

test("a median lies in the middle, also of an even number of runs", () => {
  assert.deepEqual(summaryOf([3, 1, 2]), { median: 2, least: 1, most: 3, runs: 3 });
  assert.equal(summaryOf([4, 1, 2, 3]).median, 2.5);
});

test("ratios are taken within a round, where both came to a result", () => {
  const [bare, , other] = result.standings;
  assert.deepEqual(bare && ratioTo(result, figure, bare), { median: 0.55, least: 0.5, most: 0.6, runs: 2 });
  assert.deepEqual(other && ratioTo(result, figure, other), { median: 5, least: 5, most: 5, runs: 1 });
});

test("a bar is reached by the median of the ratios, or by the platform's own figure", () => {
  assert.deepEqual(
    figure.bars.map((bar) => verdictOf(result, figure, bar)).map(({ value, reached }) => [value, reached]),
    [
      [0.55, true],
      [5, true],
      [80, false],
      [80, false],
    ],
  );
  assert.equal(verdictOf(result, figure, { of: "nobody", least: 1 }).reached, undefined);
});

test("the table shows every contestant, and why one did not run", () => {
  const failed: Standing = { role: "peer", name: "broken", runs: [undefined], errors: ["rejected: it left nothing"] };
  const machine = { cores: 2, processor: "some", memoryBytes: 1, system: "some", node: "v20", loadAtStart: 0 };
  const text = asText({
    ...{ machine, servers: "none", scale: 1, runs: 3, date: "", minutes: 1 },
    results: [{ ...result, standings: [...result.standings, failed] }],
  });
  for (const shown of [
    "bare",
    "Pitrix",
    "other",
    "rejected: it left nothing",
    "0.55 (0.5 to 0.6)",
    "4 rounds were run, and the 3 most even count",
  ])
    assert.ok(text.includes(shown), shown);
  assert.equal(numeral(1_234_567), "1,230,000");
  assert.equal(numeral(0.012345), "0.0123");
});

test("equal content has one hash whatever the order, and what a contestant keeps for itself is left out", () => {
  const one = [
    { _id: "a", x: 1, y: { p: 1, q: [1, 2] }, _version: 7 },
    { _id: "b", x: 2 },
  ];
  const other = [
    { _id: "b", x: 2 },
    { y: { q: [1, 2], p: 1 }, _id: "a", x: 1 },
  ];
  assert.equal(contentHash(one), contentHash(other));
  const turned = [
    { _id: "a", x: 1, y: { p: 1, q: [2, 1] } },
    { _id: "b", x: 2 },
  ];
  assert.notEqual(contentHash(one), contentHash(turned));
  assert.notEqual(contentHash(one), contentHash(other.slice(1)));
});

test("the lives of clusters are always the same, each of 20 events in the order of their versions", () => {
  const reached = new Map<string, number>();
  for (const { stream, version } of lives(30)) {
    assert.equal(version, (reached.get(stream) ?? 0) + 1);
    reached.set(stream, version);
  }
  assert.deepEqual([...reached.values()], Array(30).fill(eventsOfALife));
  assert.deepEqual([...lives(5)], [...lives(5)]);
});

test("neighbouring rows of one name share their servers", () => {
  const row = (id: string, servers: string | undefined): Row => ({
    ...{ id, servers, order: 1, title: id, about: "", figures: [] },
    prepare: async () => ({ contestants: [] }),
  });
  const groups = neighbours([row("a", "log"), row("b", "log"), row("c", undefined), row("d", undefined), row("e", "log")]);
  assert.deepEqual(
    groups.map((group) => group.map(({ id }) => id)),
    [["a", "b"], ["c"], ["d"], ["e"]],
  );
});
