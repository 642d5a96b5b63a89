import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CommandFailed } from "../../../services/cli/failure.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix } from "./terminal.ts";

const NAMES = "catalog/names";
let world: World;
before(async () => {
  world = await served({ ...catalog(new Set()).service, http: [] });
  await world.of().ports.log.publish(["a", "b", "c"].flatMap((key) => changes(key, 1, 3)));
  await eventually("the read model is there", () => documents("names__v1").length === 3);
});
after(() => world.stop());

const documents = (collection: string) => [...(world.databaseOf("catalog").models.get(collection)?.values() ?? [])];
const answer = async (...args: readonly string[]) => {
  const { text, code } = await pitrix(world, ["replay", ...args, "--json"]);
  return { ...JSON.parse(text), code };
};
const refused = (args: readonly string[], code: number, sentence: RegExp) =>
  assert.rejects(pitrix(world, ["replay", ...args]), (error) => {
    assert.ok(error instanceof CommandFailed, String(error));
    assert.match(error.message, sentence);
    assert.equal(error.code, code);
    return true;
  });
const active = () => world.of().instance.collections.of("names");
let rebuilt = "";

test("a read model is filled anew beside the live one, and the two are equal", async () => {
  const { code, collection, compared, differences } = await answer("run", NAMES);
  assert.deepEqual([code, compared, differences, active()], [0, 3, [], "names__v1"]);
  rebuilt = collection;
  assert.deepEqual(documents(rebuilt).toSorted(byId), documents("names__v1").toSorted(byId));
  const { text } = await pitrix(world, ["replay", "status", "catalog"]);
  assert.match(text, /^SERVICE +READ MODEL/);
  assert.match(text, /catalog +names +names__v1 +1 +active/);
  assert.match(text, new RegExp(`catalog +names +${rebuilt} +1 +beside +100 % of 9 records`));
});

test("while one collection is filled, no other one is begun", () =>
  refused(["run", NAMES], 1, new RegExp(`${rebuilt} is being filled: promote or abort`)));

test("both are updated, and a document that somebody changed by hand is named with its fields", async () => {
  await world.of().ports.log.publish(changes("d", 1, 2));
  await eventually("both have the new documents", () => [rebuilt, "names__v1"].every((name) => documents(name).length === 4));
  assert.deepEqual((await answer("verify", NAMES)).differences, []);
  const model = world.databaseOf("catalog").models.get(rebuilt);
  const whole = model?.get("b") ?? assert.fail("there is no document b");
  model?.set("b", { ...whole, value: { ...whole.value, names: ["forged"] } });
  const { text } = await pitrix(world, ["replay", "verify", NAMES]);
  assert.match(text, /b +3 +3 +names\n/);
  assert.match(text, /1 difference +in 4 documents/);
  model?.delete("c");
  const { code, differences } = await answer("verify", NAMES);
  assert.deepEqual(
    [code, differences],
    [
      1,
      [
        { id: "b", versions: [3, 3], fields: ["names"] },
        { id: "c", versions: [3, null], fields: ["names"] },
      ],
    ],
  );
});

test("a collection that is given up is dropped, and another one takes its place; queries follow, and step back", async () => {
  await answer("abort", NAMES);
  await eventually("it is gone", () => !world.databaseOf("catalog").models.has(rebuilt));
  const { active: now, collection, differences } = await answer("run", NAMES, "--promote");
  assert.deepEqual([now, differences], [collection, []]);
  await eventually("the instance follows", () => active() === collection);
  assert.equal((await answer("rollback", NAMES)).active, "names__v1");
  await eventually("the instance follows", () => active() === "names__v1");
});

test("what does not exist is refused with a hint, and nothing is touched", async () => {
  await refused(["run", "names"], 64, /write <service>\/<read model>/);
  await refused(["run", "catalog/other"], 66, /catalog has no read model other; it has access, names/);
  await refused(["run", "shop/names"], 66, /there is no service shop/);
  await refused(["verify", NAMES, "--collection", "names__v9"], 66, /names__v9/);
});

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1);
