import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { apiDocument } from "../../services/chassis/http/document.ts";
import { validator } from "../../services/chassis/http/validator.ts";
import { fetched } from "../../services/chassis/process/client.ts";
import { eventually } from "../eventually.ts";
import { upstreamServer } from "../services/api/upstream-server.ts";
import { serve } from "../services/repo/server.ts";
import { gatewayWorld } from "../world/gateway.ts";
import { example } from "../world/toys/example.ts";
import { served, type World } from "../world/world.ts";
import { hostile } from "./hostile-repository.ts";

let world: World;
let system: Awaited<ReturnType<World["as"]>>;
before(async () => {
  world = await served(example);
  system = await world.as("system");
});
after(() => world.stop());

const mebibyte = 1024 * 1024;
const send = async (body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}, method = "POST") => {
  const authorization = `Bearer ${await world.token("system")}`;
  const init = { method, body, headers: { authorization, "content-type": "application/json", ...headers } };
  return world.ask("/v1/categories", { ...init, duplex: "half" } as RequestInit); // The types do not know `duplex`.
};

test("a body larger than the limit is 413, whether its size is told, untold, or hidden in a compressed one", async () => {
  const large = JSON.stringify({ category_id: ["x".repeat(2 * mebibyte)] });
  const chunks = new ReadableStream({
    start(controller) {
      for (let at = 0; at < large.length; at += 65_536) controller.enqueue(new TextEncoder().encode(large.slice(at, at + 65_536)));
      controller.close();
    },
  });
  const bomb = gzipSync(JSON.stringify({ category_id: ["x".repeat(4 * mebibyte)] }));
  assert.ok(bomb.byteLength < mebibyte);
  const remove = (body: NonNullable<RequestInit["body"]>, headers = {}) => send(body, headers, "DELETE");
  for (const answer of [await remove(large), await remove(chunks), await remove(bomb, { "content-encoding": "gzip" })]) {
    assert.deepEqual([answer.status, answer.body.code, answer.error], [413, 3, "request_too_large"]);
    assert.match(answer.headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/);
  }
});

test("who sends all of a body that is too large before reading gets the answer from the gateway, and no reset", async (t) => {
  const entry = await gatewayWorld();
  t.after(entry.stop);
  await entry.serve(await upstreamServer("app"));
  const { authorization } = await entry.as("system");
  const body = Buffer.alloc(8 * mebibyte, "x");
  const socket = connect(entry.of().port, "127.0.0.1");
  t.after(() => socket.destroy());
  let said = "";
  let failed: Error | undefined;
  socket.on("error", (error) => {
    failed = error;
  });
  const head = `PATCH /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: ${body.byteLength}\r\n\r\n`;
  await new Promise((resolve) => socket.write(head, resolve));
  await new Promise((resolve) => socket.write(body, resolve));
  socket.on("data", (text) => {
    said += text;
  });
  await eventually("the answer", () => said.includes("}") || failed !== undefined);
  assert.equal(failed, undefined);
  assert.match(said, /^HTTP\/1.1 413 /);
  assert.equal(JSON.parse(said.slice(said.indexOf("\r\n\r\n"))).details[0].error_name, "request_too_large");
});

test("a body that nests without end is refused as unreadable", async () => {
  const deep = 100_000;
  const nested = `{"name":"x","locale":${"[".repeat(deep)}${"]".repeat(deep)}}`;
  const { status, error, body } = await send(nested);
  assert.deepEqual([status, error], [400, "request_parse_failed"]);
  assert.match(body.message, /nests more than 64 levels/);
  assert.equal(world.complaints().length, 0, "it is the caller's fault, and nothing for the log");
});

test("one request names a thousand things at the most", async () => {
  const ids = Array.from({ length: 1_001 }, (_, index) => `ctg-${index}`);
  const { status, error, body } = await system.remove("/v1/categories", { category_id: ids });
  assert.deepEqual([status, error], [400, "illegal_parameter_format"]);
  assert.equal(body.details[0].cause, "more than 1000 at once");
  assert.equal((await system.remove("/v1/categories", { category_id: ids.slice(0, 2) })).status, 404);
});

test("an answer of another process that does not end is given up", async (t) => {
  const server = await serve(hostile);
  t.after(server.close);
  await assert.rejects(
    fetched({ url: `${server.url}/endless/x` }, AbortSignal.timeout(60_000)),
    /the answer of .+ is larger than 67108864 bytes/,
  );
});

test("a body of nothing but values is refused before it is parsed", async () => {
  const many = `{"name":"a","locale":"{}","icon":[${"[],".repeat(15_000_000)}[]]}`;
  const began = performance.now();
  const { status, error, body } = await send(many);
  assert.deepEqual([status, error, body.message], [413, "request_too_large", "the request is larger than 200000 values"]);
  assert.ok(performance.now() - began < 5_000);
});

test("base64 of the longest package is checked in a moment", async () => {
  const base64 = "A".repeat(48 * mebibyte);
  const check = validator(apiDocument());
  const problemWith = (version_package: string) =>
    check("ValidatePackage", { query: {}, inPath: {}, body: { version_type: "helm", version_package } });
  assert.equal(problemWith("AAAA"), undefined);
  const began = performance.now();
  assert.equal(problemWith(base64), undefined);
  for (const bad of [`${base64}!AAA`, `${base64}A`, `A=${base64}AA`, "AA=A", "====="])
    assert.equal(problemWith(bad)?.name, "illegal_parameter_format");
  assert.ok(performance.now() - began < 5_000);
});
