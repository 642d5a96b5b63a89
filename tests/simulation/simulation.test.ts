import assert from "node:assert/strict";
import { test } from "node:test";
import { faultKinds } from "../../events/simulation/faults.ts";
import { commandOf, numbersIn } from "../../events/simulation/shrink.ts";
import { simulate } from "../../events/simulation/simulate.ts";
import { storyOf } from "../../events/simulation/story.ts";
import { scenario } from "./scenario.ts";
import { runSeeds, type SeedResult } from "./work.ts";

/** `make simulate` runs as many as one likes. */
const SEEDS = 50;
const COMMANDS = 200;

test(`${SEEDS} seeds of ${COMMANDS} requests with faults keep every promise`, async () => {
  const results: SeedResult[] = [];
  const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
  await runSeeds(seeds, { commands: COMMANDS }, (result) => void results.push(result));
  const broken = results.flatMap(({ seed, violations }) =>
    violations.slice(0, 1).map(({ rule, message }) => `${commandOf({ seed, commands: COMMANDS }, COMMANDS)}   # ${rule}: ${message}`),
  );
  assert.deepEqual(broken, []);
  assert.equal(results.length, SEEDS);
  assert.ok(results.reduce((sum, { crashes }) => sum + crashes, 0) > SEEDS, "hardly anything crashed");
  assert.ok(results.reduce((sum, { commits }) => sum + commits, 0) > SEEDS * COMMANDS, "hardly anything happened");
});

test("the same seed gives the same history, byte for byte, and another seed another", async () => {
  const seen = new Set<string>();
  for (const seed of [1, 2, 3]) {
    const options = { seed, commands: 60, journal: true };
    const [first, second] = [await simulate(scenario, options), await simulate(scenario, options)];
    assert.ok(first.steps.length > 500);
    assert.equal(first.hash, second.hash);
    assert.deepEqual(first.steps, second.steps);
    seen.add(first.hash);
  }
  assert.equal(seen.size, 3);
});

test("keeping a journal changes nothing in a run", async () => {
  const [quiet, kept] = [
    await simulate(scenario, { seed: 5, commands: 80 }),
    await simulate(scenario, { seed: 5, commands: 80, journal: true }),
  ];
  assert.deepEqual(
    [quiet.commits, quiet.crashes, quiet.virtualSeconds, quiet.violations],
    [kept.commits, kept.crashes, kept.virtualSeconds, kept.violations],
  );
});

test("most kinds of commands are asked for, and the story of a stream tells its commits, publications and deliveries", async () => {
  const asked = new Set([1, 2, 3].flatMap((seed) => scenario.requests(seed, 200).map(({ command }) => command.type)));
  assert.ok(asked.size >= 30, [...asked].join(" "));
  const { steps } = await simulate(scenario, { seed: 1, commands: 200, journal: true });
  const [, stream = ""] =
    steps.map(({ what }) => /has committed (cluster\/[\w-]+)@1 ClusterRequested/.exec(what)).find((found) => found) ?? [];
  const story = storyOf(steps, stream);
  for (const told of [`has committed ${stream}@1 ClusterRequested`, `publishes .*${stream}@1`, `gets .*${stream}@1`])
    assert.match(story, new RegExp(told));
});

test("a run is named by one line, which reads back", () => {
  const faults = new Set(faultKinds.slice(0, 2));
  const line = commandOf({ seed: 4711, commands: 12, faults, without: new Set([1, 2, 3, 7, 40]) }, COMMANDS);
  assert.equal(line, "make simulate SEED=4711 COMMANDS=12 FAULTS=delays,errors WITHOUT=1-3,7");
  assert.deepEqual([...numbersIn("1-3,7")], [1, 2, 3, 7]);
  assert.equal(commandOf({ seed: 1, commands: COMMANDS }, COMMANDS), "make simulate SEED=1");
});
