import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { serviceProof } from "../../../services/chassis/access/tokens.ts";
import { blobClient } from "../../../services/chassis/http/blob-client.ts";
import { serviceClient } from "../../../services/chassis/http/service-client.ts";
import { breakers } from "../../../services/chassis/process/breaker.ts";
import { httpClient, UpstreamFailed } from "../../../services/chassis/process/client.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { staticDirectory } from "../../../services/chassis/process/discovery.ts";
import { random } from "../../world/process.ts";
import { example } from "../../world/toys/example.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
const { guard, stop } = breakers();
before(async () => {
  world = await served(example);
});
after(async () => {
  await world.stop();
  stop();
});

const client = (...urls: readonly string[]) =>
  blobClient(
    serviceClient(
      { call: httpClient(guard), directory: staticDirectory(new Map([["example", urls]])), clock: systemClock },
      world.of().host.keys,
      "cluster",
    ),
  );

test("a service of the platform fetches bytes by digest, from whichever instance has them, and keeps them", async () => {
  const bytes = random(100_000);
  const digest = await world.of().host.blobs.put(bytes);
  const fetchBlob = client("http://127.0.0.1:1", world.of().url);
  assert.deepEqual(await fetchBlob("example", digest), bytes);
  world.of().database.blobs.clear();
  assert.deepEqual(await fetchBlob("example", digest), bytes);
});

test("nobody else fetches blobs, not even with a user's token", async () => {
  const digest = await world.of().host.blobs.put(random(10));
  assert.equal((await world.ask(`/blobs/${digest}`, {})).status, 401);
  assert.equal((await (await world.as("system")).get(`/blobs/${digest}`)).status, 401);
  const foreign = await serviceProof([{ id: "k1", key: random(32) }], "cluster", Date.now());
  assert.equal((await world.ask(`/blobs/${digest}`, { headers: { authorization: `Bearer ${foreign}` } })).status, 401);
});

test("a digest that is not there or none at all is not found", async () => {
  const authorization = `Bearer ${await serviceProof(world.of().host.keys, "cluster", Date.now())}`;
  for (const digest of [`sha256:${"0".repeat(64)}`, "..%2f..%2fetc", "sha256:x"])
    assert.equal((await world.ask(`/blobs/${digest}`, { headers: { authorization } })).status, 404, digest);
  await assert.rejects(client(world.of().url)("example", `sha256:${"0".repeat(64)}`), /no instance of example gave/);
  await assert.rejects(client()("example", `sha256:${"0".repeat(64)}`), /none is known/);
});

test("other bytes than the digest's are refused, and failures from 500 on are thrown", async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/broken" ? 503 : 200;
    response.end("other bytes");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // A TCP server's address is one.
  await assert.rejects(client(url)("example", `sha256:${"0".repeat(64)}`), (error: AggregateError) =>
    /other bytes/.test(String(error.errors[0])),
  );
  await assert.rejects(httpClient(guard)("broken", { url: `${url}/broken` }), UpstreamFailed);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
