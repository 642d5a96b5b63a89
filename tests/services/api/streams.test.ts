import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { gatewayWorld } from "../../world/gateway.ts";
import { upstreamServer } from "./upstream-server.ts";

test("server-sent events are passed on one by one, and end upstream when the caller leaves", async (t) => {
  const world = await gatewayWorld();
  t.after(world.stop);
  let send = (_: string): void => {};
  let closed: Promise<unknown> = Promise.resolve();
  const upstream = await upstreamServer("cluster", "cluster", (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    send = (text) => void response.write(text);
    closed = once(response, "close");
  });
  await world.serve(upstream);
  const { authorization } = await world.as("system");
  const left = new AbortController();
  const response = await fetch(`${world.of().url}/v1/clusters`, { headers: { authorization }, signal: left.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (const text of ["data: 1\n\n", ":\n\n", "data: 2\n\n"]) {
    send(text);
    assert.equal((await reader?.read())?.value, text);
  }
  left.abort();
  await closed;
});
