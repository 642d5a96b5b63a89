import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../../../services/api/service.ts";
import { withAccess } from "../../../services/chassis/access/access.ts";
import { staticDirectory } from "../../../services/chassis/process/discovery.ts";
import { serve } from "../../../services/chassis/serve.ts";
import { eventually } from "../../eventually.ts";
import { example } from "../chassis/http/example.ts";
import { ownTools, served } from "../chassis/world.ts";
import { upstreamServer } from "./upstream-server.ts";

test("the gateway runs as any service does, before a real one: commands, positions, figures, and an orderly end", async (t) => {
  const behind = await served({ ...example, name: "app" });
  const slow = await upstreamServer("repo");
  const directory = staticDirectory(
    new Map([
      ["app", [behind.serving.url]],
      ["repo", [slow.instance.url]],
    ]),
  );
  const { ports, sealed: sealing } = behind;
  const tools = { ...behind.tools, ...ownTools(api, ports.documents), directory };
  const front = await serve(withAccess(api), tools, { id: "front", port: 0, address: "127.0.0.1", ports, sealing, wait: 300 });
  let stopped = false;
  t.after(async () => {
    if (!stopped) await front.stop();
    await behind.stop();
    await slow.kill();
  });
  const headers = { authorization: `Bearer ${await behind.token("system")}`, "content-type": "application/json", "idempotency-key": "k-1" };
  const body = JSON.stringify({ name: "databases", locale: "{}" });
  const create = () => fetch(`${front.url}/v1/categories`, { method: "POST", headers, body });
  const [first, again] = [await create(), await create()];
  assert.equal(first.status, 200);
  const position = first.headers.get("pitrix-position") ?? "";
  assert.match(position, /^category\/ctg-\w+@1$/);
  assert.deepEqual(await again.json(), await first.json());

  const read = await fetch(`${front.url}/v1/categories`, { headers: { ...headers, "pitrix-wait-for": position } });
  assert.match(await read.text(), /"total_count":1/);
  assert.equal((await fetch(`${front.url}/livez`)).status, 200);
  assert.equal(await (await fetch(`${front.url}/readyz`)).text(), '{"status":"ready","troubles":[]}');
  const figures = await (await fetch(`${front.url}/metrics`)).text();
  assert.match(figures, /pitrix_http_request_seconds_count\{service="api",operation="CreateCategory",status="200"\} 2/);
  assert.match(figures, /pitrix_gateway_upstream_seconds_count\{service="api",upstream="app",outcome="answered"\} 3/);

  let finish = (): void => {};
  slow.state.handler = (_, response) => {
    finish = () => void response.end("{}");
  };
  const underWay = fetch(`${front.url}/v1/repos`, { headers: { ...headers, connection: "close" } });
  await eventually("the request to be under way", () => slow.seen.length === 1);
  const stopping = front.stop();
  await eventually("the gateway to take no more", async () => {
    const refused = await fetch(`${front.url}/livez`).catch(() => "refused");
    return refused === "refused";
  });
  finish();
  assert.equal((await underWay).status, 200);
  await stopping;
  stopped = true;
});
