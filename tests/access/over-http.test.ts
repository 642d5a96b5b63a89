import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../events/simulation/time.ts";
import { services } from "../../services/index.ts";
import { putInto } from "../world/users.ts";
import { served } from "../world/world.ts";
import { outside } from "./cells.ts";
import { documentsOf } from "./fixtures.ts";
import { knownOf, refusedCells } from "./random-cells.ts";

const CELLS = 100;
/** Services whose outside decides about no access. The provider needs a machine. */
const stubbed = ["app", "repo"];

test("what docs/access.md refuses is refused by the platform over HTTP: cells at random", { timeout: 60_000 }, async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  // Each process adds the access read model by itself.
  const names = Object.keys(services).filter((name) => name !== "provider-local");
  const loaded = await Promise.all(names.flatMap((name) => services[name]?.() ?? []));
  const world = await served(loaded.map((service) => (stubbed.includes(service.name) ? { service, outside: () => outside } : service)));
  t.after(() => world.stop());
  for (const { instance, database } of world.instances())
    for (const { model, id, value } of documentsOf(instance.service))
      await putInto(database, await instance.collections.of(model), id, `x/${id}`, value);

  const known = new Set<string>();
  const wrong: string[] = [];
  const cells = refusedCells(loaded, seeded(seed));
  for (let count = 0; count < CELLS; count++) {
    const cell = cells.next().value;
    if (!known.has(cell.userId)) for (const [id, value] of knownOf(cell)) await world.know(id, value);
    known.add(cell.userId);
    const { call } = await world.as(cell.userId);
    wrong.push(...[cell.problemIn(await call(cell.operation, cell.request)) ?? []].flat());
  }
  assert.deepEqual(wrong, []);
});
