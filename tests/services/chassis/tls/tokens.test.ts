import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OperationId, operations } from "../../../../schemas/generated/http.ts";
import { example } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
before(async () => {
  world = await served(example);
});
after(() => world.stop());

const digest = `sha256:${"0".repeat(64)}`;
const own = (example.http ?? []).map(({ operation }) => operations[operation as OperationId]).filter((operation) => !operation.public);
const guarded: readonly (readonly [method: string, path: string])[] = [
  ...own.map(({ method, path }) => [method.toUpperCase(), path] as const),
  ["GET", `/blobs/${digest}`],
  ...["status", "parked", "parked/events", "caused/any"].map((name) => ["GET", `/internal/${name}`] as const),
  ...["parked/redrive", "parked/discard", "caused/progress"].map((name) => ["POST", `/internal/${name}`] as const),
];

test("every kind of route refuses who has no token, a torn one or a user's that does not count there", async () => {
  assert.ok(own.length > 0);
  const [, payload] = (await world.token("system")).split(".");
  for (const [method, path] of guarded)
    for (const authorization of [undefined, "Bearer torn", `Bearer e30.${payload}.AAAA`, "Basic c3lzdGVtOg=="]) {
      const { status } = await world.ask(path, { method, headers: authorization ? { authorization } : {} });
      assert.equal(status, 401, `${method} ${path} with ${authorization}`);
    }
  const nobody = await world.as("nobody-in-particular");
  for (const [method, path] of guarded.filter(([, path]) => path.startsWith("/internal"))) {
    const { status } = await (method === "GET" ? nobody.get(path) : nobody.post(path, {}));
    assert.ok(status === 401 || status === 403, `${method} ${path} answered ${status}`);
  }
});

test("whether it lives, is ready, and its figures it tells everybody", async () => {
  for (const path of ["/livez", "/readyz", "/metrics"]) assert.equal((await world.ask(path, {})).status, 200, path);
});
