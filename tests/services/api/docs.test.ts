import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type GatewayWorld, gatewayWorld } from "../../world/gateway.ts";

let world: GatewayWorld;
before(async () => {
  world = await gatewayWorld();
});
after(() => world.stop());

const get = async (path: string) => {
  const answer = await fetch(new URL(path, world.of("api").url));
  return { status: answer.status, policy: answer.headers.get("content-security-policy") ?? "", text: await answer.text() };
};

test("the page of operations needs nobody but the gateway, and its policy lets nothing else in", async () => {
  const { status, policy, text } = await get("/docs");
  assert.equal(status, 200);
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(policy, /https?:|unsafe-eval|\*/);
  assert.doesNotMatch(text, /<script>|https?:/);
  const named = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = ""]) => path);
  assert.equal(named.length, 3);
  for (const path of named) assert.equal((await get(path)).status, 200, path);
  assert.match((await get("/docs/start.js")).text, /url: "\/v1\/openapi.json"/);
  for (const path of ["/docs/package.json", "/docs/../package.json", "/docs/%2e%2e/package.json"])
    assert.equal((await get(path)).status, 404, path);
});
