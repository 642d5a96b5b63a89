import assert from "node:assert/strict";
import { test } from "node:test";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";

const inside = ["/livez", "/readyz", "/metrics", "/internal/status"];
const statusesAt = (url: string) => Promise.all(inside.map(async (path) => (await fetch(`${url}${path}`)).status));

test("with a port of its own for those who operate it, the public one has nothing for them", async (t) => {
  const world = await served({ ...example, entry: true }, { environment: { PITRIX_OPERATIONS_PORT: "0" } });
  t.after(() => world.stop());
  const { url, operationsUrl } = world.of();
  assert.notEqual(operationsUrl, url);
  assert.deepEqual(await statusesAt(url), [404, 404, 404, 404]);
  assert.deepEqual(await statusesAt(operationsUrl), [200, 200, 200, 401]);
});

test("without one, they ask where everybody does", async (t) => {
  const world = await served(example);
  t.after(() => world.stop());
  assert.equal(world.of().operationsUrl, world.of().url);
  assert.deepEqual(await statusesAt(world.of().url), [200, 200, 200, 401]);
});
