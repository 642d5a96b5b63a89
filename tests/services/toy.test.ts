import assert from "node:assert/strict";
import { before, test } from "node:test";
import { graphOf } from "../../events/map/graph.ts";
import { player } from "../../events/simulation/process.ts";
import { simulate } from "../../events/simulation/simulate.ts";
import { configured, loadServices } from "../../services/chassis/list.ts";
import { describeSettings, readConfig } from "../../services/chassis/process/config.ts";
import { services } from "../../services/index.ts";
import { scenario } from "../simulation/scenario.ts";
import { platformKey } from "../world/process.ts";
import { listWithToy, toy } from "../world/toys/toy.ts";

let loaded: Awaited<ReturnType<typeof loadServices>>;
let known: ReturnType<typeof configured>;
before(async () => {
  loaded = await loadServices(listWithToy);
  known = configured(listWithToy, loaded);
});
const needed = { KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost", PITRIX_SEALING_KEYS: platformKey() };

test("a service that is added to the list is on the map, with what it hears and issues", () => {
  const { nodes, arrows, problems } = graphOf(loaded);
  assert.deepEqual(problems, []);
  const node = nodes.find(({ name }) => name === "toy");
  assert.deepEqual(node?.reactions, [{ on: "GroupCreated", commands: ["CreateCategory"] }]);
  assert.ok(node?.operations.some(({ on }) => on === "CreateCategory"));
  const heard = arrows.find(({ to, by }) => to === "toy" && by === "reaction");
  assert.deepEqual([heard?.event, heard?.from], ["GroupCreated", "account"]);
});

test("its settings are in the help, and are read", () => {
  assert.match(describeSettings(known), /^toy:\n {2}PITRIX_TOY_PREFIX +What the names .* \(a text; default toy\)$/m);
  assert.deepEqual(readConfig({ ...needed, PITRIX_TOY_PREFIX: "new" }, known).settingsOf("toy"), { prefix: "new" });
});

test("its port follows the order of the list, and can be set by its name", () => {
  const place = Object.keys(services).length;
  const portGiven = (given: object) => readConfig({ ...needed, ...given }, known).portOf("toy");
  assert.equal(portGiven({}), 9100 + place);
  assert.equal(portGiven({ PITRIX_PORT: "9300" }), 9300 + place);
  assert.equal(portGiven({ PITRIX_PORT_TOY: "9555" }), 9555);
});

test("it plays in the simulation, and what it does keeps every promise", async () => {
  const players = [...scenario.players, player(toy, () => ({ prefix: "toy" }))];
  let made = 0;
  for (const seed of [1, 2, 3]) {
    const { violations, steps } = await simulate({ ...scenario, players }, { seed, commands: 150, journal: true });
    assert.deepEqual(violations, [], `seed ${seed}`);
    made += steps.filter(({ who, what }) => who.startsWith("toy-") && /has committed .*category\/toy-/.test(what)).length;
  }
  assert.ok(made > 0, "it has made categories");
});
