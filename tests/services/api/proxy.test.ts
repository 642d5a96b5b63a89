import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { createConnection } from "node:net";
import { after, before, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { type GatewayWorld, gatewayWorld } from "../../world/gateway.ts";
import { echo, type UpstreamServer, upstreamServer } from "./upstream-server.ts";

let world: GatewayWorld;
let app: UpstreamServer;
let system: Awaited<ReturnType<GatewayWorld["as"]>>;
before(async () => {
  world = await gatewayWorld();
  app = await upstreamServer("app");
  await world.serve(app);
  system = await world.as("system");
});
after(() => world.stop());

const MEGABYTE = 1024 * 1024;

test("headers of one connection stay there, all others go from end to end", async () => {
  const done = new Promise<{ readonly headers: NodeJS.Dict<string | string[]>; readonly raw: readonly string[] }>((resolve, reject) => {
    app.state.handler = (_, response) =>
      void response
        .writeHead(200, {
          "content-type": "application/json",
          connection: "close, x-secret-answer",
          "x-secret-answer": "1",
          "keep-alive": "timeout=99",
          "proxy-authenticate": "Basic",
          "pitrix-position": "app/app-1@3",
          "pitrix-pending": "true",
          "x-other": "kept",
        })
        .end("{}");
    const headers = {
      authorization: system.authorization,
      connection: "close, x-secret",
      "x-secret": "1",
      te: "trailers",
      "proxy-authorization": "Basic eHg6eXk=",
      "pitrix-wait-for": "app/app-1@3",
      "idempotency-key": "k-1",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "accept-language": "zh",
      "x-forwarded-for": "192.0.2.1",
    };
    httpRequest({ port: world.of().port, host: "127.0.0.1", path: "/v1/apps", headers }, (response) => {
      response.resume().on("end", () => resolve({ headers: response.headers, raw: response.rawHeaders }));
    })
      .on("error", reject)
      .end();
  });
  const { headers } = await done;
  app.state.handler = echo("app");
  const seen = app.seen.at(-1)?.headers ?? {};
  for (const name of ["x-secret", "te", "proxy-authorization"]) assert.equal(seen[name], undefined, name);
  for (const [name, value] of Object.entries({
    "pitrix-wait-for": "app/app-1@3",
    "idempotency-key": "k-1",
    "accept-language": "zh",
    "pitrix-service": "app",
    host: new URL(app.instance.url).host,
    "x-forwarded-for": "192.0.2.1, 127.0.0.1",
  }))
    assert.equal(seen[name], value, name);
  assert.match(String(seen.traceparent), /^00-0af7/);
  assert.deepEqual(
    [headers["x-secret-answer"], headers["proxy-authenticate"], headers["pitrix-position"], headers["pitrix-pending"], headers["x-other"]],
    [undefined, undefined, "app/app-1@3", "true", "kept"],
  );
  assert.notEqual(headers["keep-alive"], "timeout=99");
});

test("what must not be repeated has a connection of its own", async () => {
  const connections = [];
  for (const headers of [{}, { "idempotency-key": "k-2" }]) {
    await system.patch("/v1/apps", { app_id: "app-1" }, headers);
    connections.push(app.seen.at(-1)?.headers.connection);
  }
  assert.deepEqual(connections, ["close", "keep-alive"]);
});

test("a large package goes through whole, in chunks or with a length", async () => {
  const body = JSON.stringify({ version_package: "x".repeat(40 * MEGABYTE) });
  const known = await system.post("/v1/apps", body, { "idempotency-key": "large" });
  assert.deepEqual([known.status, known.body.bytes], [200, body.length]);
  const stream = new ReadableStream({
    start(controller) {
      const bytes = new TextEncoder().encode(body);
      for (let at = 0; at < bytes.length; at += MEGABYTE) controller.enqueue(bytes.subarray(at, at + MEGABYTE));
      controller.close();
    },
  });
  const init = { method: "POST", headers: { authorization: system.authorization }, body: stream, duplex: "half" as const };
  const chunked = await world.ask("/v1/apps", init);
  assert.deepEqual([chunked.status, chunked.body.bytes], [200, body.length]);
});

test("a body in chunks of a deletion arrives as a body", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"app_id":["app-1"]}'));
      controller.close();
    },
  });
  const init = { method: "DELETE", headers: { authorization: system.authorization }, body, duplex: "half" as const };
  const { status } = await world.ask("/v1/apps", init);
  assert.equal(status, 200);
  assert.deepEqual([app.seen.at(-1)?.method, app.seen.at(-1)?.body], ["DELETE", '{"app_id":["app-1"]}']);
});

test("a body larger than the operation allows is 413, and the service is spared", async () => {
  const before = app.seen.length;
  const tooLong = await system.patch("/v1/apps", "x".repeat(2 * MEGABYTE));
  assert.deepEqual([tooLong.status, tooLong.error], [413, "request_too_large"]);
  const body = new ReadableStream({
    start(controller) {
      for (let each = 0; each < 3; each++) controller.enqueue(new Uint8Array(MEGABYTE));
      controller.close();
    },
  });
  const init = { method: "PATCH", headers: { authorization: system.authorization }, body, duplex: "half" as const };
  const chunked = await world.ask("/v1/apps", init);
  assert.deepEqual([chunked.status, chunked.error], [413, "request_too_large"]);
  assert.equal(app.seen.length, before);
  assert.equal((await system.patch("/v1/apps", { app_id: "app-1" })).status, 200);
});

test("an answer without a length is passed on as it comes", async () => {
  let go = (): void => {};
  app.state.handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("x".repeat(MEGABYTE));
    go = () => void response.end("end");
  };
  const response = await fetch(`${world.of().url}/v1/apps`, { headers: { authorization: system.authorization } });
  const reader = response.body?.getReader();
  let size = (await reader?.read())?.value?.length ?? 0;
  assert.ok(size > 0, "the beginning arrived before the end was written");
  go();
  for (let more = await reader?.read(); more && !more.done; more = await reader?.read()) size += more.value.length;
  assert.equal(size, MEGABYTE + 3);
  app.state.handler = echo("app");
});

test("a large answer that breaks off does not look whole", async () => {
  app.state.handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("x".repeat(MEGABYTE), () => response.destroy());
  };
  await assert.rejects(system.get("/v1/apps"));
  await eventually("it to be logged", () => world.complaints().some(({ msg }) => msg === "an answer broke off"));
  app.state.handler = echo("app");
});

test("a small answer that breaks off is had again; the caller does not notice", async () => {
  let broken = 0;
  app.state.handler = (seen, response, request) => {
    if (broken++ > 0) return echo("app")(seen, response, request);
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  };
  const { status, body } = await system.get("/v1/apps?limit=1");
  assert.deepEqual([status, body.url, broken], [200, "/v1/apps?limit=1", 2]);
  app.state.handler = echo("app");
});

test("a caller who leaves takes the request along", async () => {
  const closed = new Promise<void>((resolve) => {
    app.state.handler = (_, response) => void response.on("close", resolve);
  });
  const leaving = new AbortController();
  const asked = fetch(`${world.of().url}/v1/apps`, { headers: { authorization: system.authorization }, signal: leaving.signal });
  const before = app.seen.length;
  await eventually("the service to be asked", () => app.seen.length > before);
  leaving.abort();
  await assert.rejects(asked);
  await closed;
  app.state.handler = echo("app");
});

test("two requests cannot be made out of one", async () => {
  const before = app.seen.length;
  const smuggled = "GET /v1/repos HTTP/1.1\r\nhost: x\r\n\r\n";
  const head = `POST /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${system.authorization}\r\nconnection: close\r\n`;
  const text = await new Promise<string>((resolve, reject) => {
    let read = "";
    const socket = createConnection(world.of().port, "127.0.0.1", () =>
      socket.write(`${head}content-length: ${smuggled.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`),
    );
    socket.setEncoding("utf8").on("data", (chunk: string) => (read += chunk));
    socket.on("close", () => resolve(read)).on("error", reject);
  });
  assert.match(text, /^HTTP\/1.1 400/);
  assert.equal(app.seen.length, before);
});
