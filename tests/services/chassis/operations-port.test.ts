import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../eventually.ts";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";

const inside = ["/livez", "/readyz", "/metrics", "/internal/status"];
const statusesAt = (url: string) => Promise.all(inside.map(async (path) => (await fetch(`${url}${path}`)).status));

test("a service whose port is public has another one for those who operate it, on the loopback address", async (t) => {
  const world = await served({ ...example, entry: true }, { environment: { PITRIX_HOST: "0.0.0.0" } });
  t.after(() => world.stop());
  const { operationsUrl, port, shared } = world.of();
  assert.match(operationsUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.notEqual(new URL(operationsUrl).port, String(port));
  assert.deepEqual(await statusesAt(`http://127.0.0.1:${port}`), [404, 404, 404, 404]);
  assert.deepEqual(await statusesAt(operationsUrl), [200, 200, 200, 401]);
  // Others are told of this one.
  await eventually("it is known", () => shared.directory.instancesOf("example")[0]?.url === operationsUrl);
});

test("another address for it is a setting, and announced as it is reached", async (t) => {
  const environment = { PITRIX_HOST: "0.0.0.0", PITRIX_OPERATIONS_HOST: "0.0.0.0", PITRIX_ADVERTISE: "localhost" };
  const world = await served({ ...example, entry: true }, { environment });
  t.after(() => world.stop());
  const { operationsUrl, shared } = world.of();
  const announced = `http://localhost:${new URL(operationsUrl).port}`;
  await eventually("it is known", () => shared.directory.instancesOf("example")[0]?.url === announced);
});

test("the one port of any other service is for them, too", async (t) => {
  const world = await served(example);
  t.after(() => world.stop());
  assert.equal(world.of().operationsUrl, world.of().url);
  assert.deepEqual(await statusesAt(world.of().url), [200, 200, 200, 401]);
});
