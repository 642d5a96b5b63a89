import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { battle, killService, roll, spread, told } from "./battle.ts";
import { serviceNames } from "./composition.ts";

const commands = 400;

test("nothing acknowledged is lost and nothing is done twice when everything fails once while people work", { timeout: 170_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-faults-"));
  let passed = false;
  t.after(() => passed && rmSync(directory, { recursive: true, force: true }));
  const lines: string[] = [];
  const outcome = await battle({
    ...{ name: "short", directory, seed: 1, commands, people: 8 },
    ground: { proxied: true },
    report: (text) => void lines.push(`${new Date().toISOString()} ${text}`),
    hurt: async (field) => {
      const { ground, struck } = field;
      const strikes = [
        ...serviceNames.map((name) => () => killService(field, name)),
        async () => {
          ground.drops.broker = 1;
          ground.drops.store = 2;
          struck("a dropped answer of the broker and two of the store");
        },
        async () => {
          await ground.kafka.kill();
          await ground.kafka.restart();
          struck("kill -9 broker");
        },
        async () => {
          await ground.store.kill();
          await ground.store.restart();
          struck("kill -9 store");
        },
        () => roll(field),
      ];
      await spread(field, commands, strikes.length, async (nth) => strikes[nth]?.());
    },
  }).catch((error: unknown) => {
    t.diagnostic(lines.slice(-20).join("\n"));
    throw error;
  });
  assert.equal(told(outcome.findings), "", `the history: ${outcome.history}\n${lines.slice(-20).join("\n")}`);
  assert.ok(outcome.converged !== undefined);
  t.diagnostic(`${outcome.commands} commands in ${outcome.attempts} attempts, ${outcome.kills} faults, converged in ${outcome.converged} s`);
  passed = true;
});
