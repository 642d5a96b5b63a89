import assert from "node:assert/strict";
import { test } from "node:test";
import { carryOut } from "./attack.ts";
import { platformInMemory } from "./in-memory.ts";
import { details } from "./report.ts";
import { attacks, lacking } from "./rows.ts";
import { sceneOn } from "./scene.ts";

test("the attacks that take little time are refused by the platform over HTTP", { timeout: 400_000 }, async (t) => {
  const { target, stop } = await platformInMemory();
  t.after(stop);
  const scene = sceneOn(target);
  const results = [];
  for (const attack of attacks(1)) {
    if (attack.long || attack.last || lacking(attack, target) !== undefined) continue;
    const result = await carryOut(attack, scene);
    t.diagnostic(`${result.milliseconds.toFixed(0)} ms ${result.verdict} ${attack.name}`);
    results.push(result);
  }
  const mended = results.filter(({ attack, verdict }) => attack.hole && verdict === "refused").map(({ attack }) => attack.name);
  assert.deepEqual(mended, [], "these holes are mended: remove their marks in docs/access.md");
  const others = results.filter(({ attack }) => !attack.hole);
  assert.equal(details({ url: target.url, seed: 1, results: others, notTried: [] }), "");
  assert.ok(others.length > 30, `${others.length} attacks`);
});
