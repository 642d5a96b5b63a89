import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../world/requests.ts";
import { type Attack, carryOut, type Steps } from "./attack.ts";
import { exitCodeOf, summaryOf } from "./report.ts";
import { attacks, chosen, lacking } from "./rows.ts";
import type { Scene } from "./scene.ts";

const answer = (status: number, error?: string): Promise<Answer> =>
  Promise.resolve({ status, error, headers: new Headers(), body: { a: 1 }, cause: undefined, milliseconds: 1 });
const attackThat = (run: (steps: Steps) => Promise<unknown>): Attack => ({
  ...{ class: "people", name: "x", has: "nothing", holds: "y" },
  run: async (_, steps) => void (await run(steps)),
});
const scene = {} as Scene; // These attacks do not look at it.

const cases: readonly (readonly [what: string, run: (steps: Steps) => Promise<unknown>, verdict: string, code: number])[] = [
  [
    "that is refused as expected, and allowed to others, is refused",
    async ({ refused, allowed }) => {
      await refused("it", answer(403, "permission_denied"), "403 permission_denied");
      await refused("it", answer(404, "resource_not_found"), "403", "404");
      await allowed("by others", answer(200));
    },
    "refused",
    0,
  ],
  [
    "that succeeds has gained",
    async ({ refused, allowed }) => {
      await refused("it", answer(200), "403");
      await allowed("by others", answer(200));
    },
    "GAINED",
    1,
  ],
  [
    "that is refused in another way has gained",
    async ({ refused, allowed }) => {
      await refused("it", answer(500, "internal_error"), "403");
      await allowed("by others", answer(200));
    },
    "GAINED",
    1,
  ],
  [
    "whose fact does not hold has gained, even if it fails later",
    async ({ holds }) => {
      holds("it", false);
      throw new Error("later");
    },
    "GAINED",
    1,
  ],
  ["without a control is blind", ({ refused }) => refused("it", answer(403), "403"), "BLIND", 2],
  ["without an attempt is blind", ({ allowed }) => allowed("by others", answer(200)), "BLIND", 2],
  [
    "whose control fails is blind",
    async ({ refused, allowed, control }) => {
      await refused("it", answer(403), "403");
      control("a fact", true);
      await allowed("by others", answer(403, "permission_denied"));
    },
    "BLIND",
    2,
  ],
  ["that fails is broken", () => Promise.reject(new Error("no platform")), "BROKEN", 2],
];
for (const [what, run, verdict, code] of cases)
  test(`an attack ${what}`, async () => {
    const result = await carryOut(attackThat(run), scene);
    assert.deepEqual([result.verdict, exitCodeOf([result])], [verdict, code]);
    assert.notEqual(summaryOf(result), "");
  });

test("a report holds nothing that opens something", async () => {
  const given = { status: 200, error: undefined, headers: new Headers(), cause: undefined, milliseconds: 1 };
  const body = { access_token: "planted", refresh_token: "planted", client_secret: "planted", reset_id: "planted", client_id: "shown" };
  const { steps } = await carryOut(
    attackThat(({ allowed }) => allowed("sign in", Promise.resolve({ ...given, body }))),
    scene,
  );
  assert.match(JSON.stringify(steps), /shown/);
  assert.doesNotMatch(JSON.stringify(steps), /planted/);
});

test("nothing tried is not all refused", () => {
  assert.equal(exitCodeOf([]), 2);
});

test("attacks are chosen by class or by a part of their name, and those that spoil the platform come last", () => {
  const all = attacks(1);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  assert.deepEqual(chosen(all, []), all);
  assert.ok(chosen(all, ["people"]).every((attack) => attack.class === "people"));
  assert.equal(chosen(all, ["bind global_admin"]).length, 1);
  assert.deepEqual(chosen(all, ["nonsense"]), []);
  assert.ok(all.findIndex(({ last }) => last) > all.findLastIndex(({ last }) => !last));
});

test("what cannot be tried from outside is said, and not passed over", () => {
  const all = attacks(1);
  assert.ok(all.some((attack) => lacking(attack, {}) === undefined));
  for (const attack of all) {
    if (attack.needs !== "root") assert.equal(lacking(attack, { inside: { processes: {} } }), undefined);
    assert.equal(lacking(attack, {}) === undefined, attack.needs === undefined);
    assert.equal(lacking(attack, { inside: {} }) === undefined, attack.needs === undefined || attack.needs === "inside");
  }
});
