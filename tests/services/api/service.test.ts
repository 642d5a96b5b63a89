import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../../../services/api/service.ts";
import { eventually } from "../../eventually.ts";
import { ask } from "../../world/requests.ts";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";
import { upstreamServer } from "./upstream-server.ts";

test("the gateway runs as any service does, before a real one: commands, positions, figures, and an orderly end", async (t) => {
  const world = await served([api, { ...example, name: "app" }]);
  const slow = await upstreamServer("repo");
  t.after(async () => {
    await world.stop();
    await slow.kill();
  });
  await world.announce(slow.instance);
  const system = await world.as("system");
  const create = () => system.call("CreateCategory", { name: "databases", locale: "{}" }, { "idempotency-key": "k-1" });
  const [first, again] = [await create(), await create()];
  assert.equal(first.status, 200);
  const position = first.headers.get("pitrix-position") ?? "";
  assert.match(position, /^category\/ctg-\w+@1$/);
  assert.deepEqual(again.body, first.body);

  const read = await system.call("DescribeCategories", {}, { "pitrix-wait-for": position });
  assert.equal(read.body.total_count, 1);
  assert.equal((await world.askInside("/livez")).status, 200);
  assert.deepEqual((await world.askInside("/readyz")).body, { status: "ready", reasons: [] });
  const figures = (await world.askInside("/metrics")).body;
  assert.match(figures, /pitrix_http_request_seconds_count\{service="api",operation="CreateCategory",status="200"\} 2/);
  assert.match(figures, /pitrix_gateway_upstream_seconds_count\{service="api",upstream="app",outcome="answered"\} 3/);

  let finish = (): void => {};
  slow.state.handler = (_, response) => {
    finish = () => void response.end("{}");
  };
  const underWay = system.call("DescribeRepos", {}, { connection: "close" });
  await eventually("the request to be under way", () => slow.seen.length === 1);
  const { url, stop } = world.of("api");
  const stopping = stop();
  await eventually("the gateway to take no more", async () => {
    const refused = await ask(`${url}/livez`).catch(() => "refused");
    return refused === "refused";
  });
  finish();
  assert.equal((await underWay).status, 200);
  await stopping;
});
