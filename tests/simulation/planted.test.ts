import assert from "node:assert/strict";
import { test } from "node:test";
import { planted } from "./planted.ts";
import { type Found, mutated, searchAll } from "./planted-run.ts";
import { promisesInTable, seedsInTable } from "./planted-table.ts";

test("each planted bug has its place in the code, and its seed in the table", async () => {
  const seeds = await seedsInTable();
  assert.equal(new Set(planted.map(({ name }) => name)).size, planted.length);
  for (const bug of planted) {
    await mutated(bug);
    assert.ok(Number.isSafeInteger(seeds.get(bug.name)), `docs/simulation.md has no seed for "${bug.name}": make it anew`);
  }
});

test("the checker finds the first planted bug of each promise: with its seed in the table, or a near one where the code has moved on since", async () => {
  const [seeds, promises] = [await seedsInTable(), await promisesInTable()];
  const firsts = planted.filter(({ name }, index) => planted.findIndex((each) => promises.get(each.name) === promises.get(name)) === index);
  assert.ok(firsts.length > 20);
  const missed = new Map<string, Found>();
  const told = (found: Found): void => {
    if (found.seed === undefined) missed.set(found.name, found);
    else missed.delete(found.name);
  };
  await searchAll(firsts, ({ name }) => ({ from: seeds.get(name) ?? 1, seeds: 1, commands: 200 }), told);
  const again = firsts.filter(({ name }) => missed.has(name));
  await searchAll(again, () => ({ from: 1, seeds: 500, commands: 200 }), told);
  assert.deepEqual([...missed.values()], []);
});
