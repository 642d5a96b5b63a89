import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { api } from "../../../../services/api/service.ts";
import { example } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
before(async () => {
  world = await served([api, { ...example, name: "app" }]);
});
after(() => world.stop());

const expected = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};
const of = (headers: Headers) => Object.fromEntries(Object.keys(expected).map((name) => [name, headers.get(name)]));

/** Paths that answer in different ways, with the status and what differs in their headers. */
const paths: readonly (readonly [path: string, status: number, own?: Partial<typeof expected>])[] = [
  ["/v1/categories", 200],
  ["/v1/nothing", 501],
  ["/nothing", 404],
  ["/v1/categories?limit=many", 400],
  ["/attachments/none/raw", 404],
  ["/v1/openapi.json", 200],
  ["/", 200, { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" }],
  [
    "/attachments/text--html/raw",
    200,
    { "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "cache-control": "no-cache" },
  ],
];
for (const [path, status, own] of paths)
  test(`${path} is not sniffed, framed or stored, with ${status}`, async () => {
    const answer = await (await world.as("system")).get(path);
    assert.deepEqual([answer.status, of(answer.headers)], [status, { ...expected, ...own }]);
  });

for (const path of ["/livez", "/readyz", "/metrics", "/internal/status"])
  test(`so it is with ${path}`, async () => {
    const headers = { authorization: `Bearer ${await world.token("system")}` };
    const answer = await world.askInside(path, { headers });
    assert.deepEqual([answer.status, of(answer.headers)], [200, expected]);
  });

test("so it is without a token, and on the service itself", async () => {
  const refused = await world.stranger().get("/v1/categories");
  assert.deepEqual([refused.status, of(refused.headers)], [401, expected]);
  for (const path of ["/v1/categories", "/nothing", "/metrics", `/blobs/sha256:${"0".repeat(64)}`])
    assert.deepEqual(of((await fetch(`${world.of("app").url}${path}`)).headers), expected, path);
});

test("so it is where no request could be read", async () => {
  for (const service of ["api", "app"]) {
    const socket = connect(world.of(service).port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("no HTTP\r\n\r\n");
    const answer = await text(socket);
    assert.match(answer, /^HTTP\/1\.1 400/);
    for (const [name, value] of Object.entries(expected)) assert.ok(answer.includes(`${name}: ${value}\r\n`), name);
  }
});
