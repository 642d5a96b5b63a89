import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { eventually } from "../eventually.ts";
import { upstreamServer } from "../services/api/upstream-server.ts";
import { gatewayWorld } from "../world/gateway.ts";

/** No longer than the limits that hold where a test sets none. */
const LIMIT = 20_000;

const gatewayWith = async (t: TestContext, limits: NonNullable<Parameters<typeof gatewayWorld>[0]>["limits"]) => {
  const world = await gatewayWorld({ slow: 1_000, probe: 5_000, ...(limits && { limits }) });
  t.after(world.stop);
  const app = await upstreamServer("app");
  await world.serve(app);
  return { world, app, system: await world.as("system") };
};

/** A connection on which a test says what it wants, and what came back. */
const talk = (t: TestContext, port: number, words = "") => {
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  const state = { socket, said: "", closed: false };
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    state.said += text;
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    state.closed = true;
  });
  socket.write(words);
  return state;
};
const bodyIn = (said: string) => JSON.parse(said.slice(said.indexOf("\r\n\r\n")));

test("who says nothing, or says it too slowly, is told so and cut off; others are served meanwhile", async (t) => {
  const { world, system } = await gatewayWith(t, { head: 400, request: 800, idle: 400 });
  const silent = talk(t, world.of().port);
  const slow = talk(t, world.of().port, "GET /v1/apps HTTP/1.1\r\nhost: x\r\n");
  const dripping = setInterval(() => slow.socket.write("x-drop: 1\r\n"), 50);
  const authorized = `POST /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${system.authorization}\r\ncontent-type: application/json\r\n`;
  const body = talk(t, world.of().port, `${authorized}content-length: 1000\r\n\r\n{`);
  const trickling = setInterval(() => body.socket.write(" "), 50);
  t.after(() => {
    clearInterval(dripping);
    clearInterval(trickling);
  });
  const kept = talk(t, world.of().port, `GET /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${system.authorization}\r\n\r\n`);
  await eventually("all are cut off", () => [silent, slow, body, kept].every(({ closed }) => closed), LIMIT);
  assert.equal((await system.get("/v1/apps")).status, 200);
  for (const { said } of [silent, slow]) {
    assert.match(said, /^HTTP\/1.1 408 .*\r\n/);
    assert.match(said, /\r\nx-request-id: [\da-f-]{36}\r\n/);
    assert.equal(bodyIn(said).details[0].error_name, "request_timeout");
  }
  assert.match(body.said, /^HTTP\/1.1 408 /);
  assert.match(kept.said, /^HTTP\/1.1 200 /);
});

test("a head that is too large, or is none, is refused in the shape of all errors", async (t) => {
  const { world } = await gatewayWith(t, {});
  const large = talk(t, world.of().port, `GET / HTTP/1.1\r\nhost: x\r\nx-large: ${"x".repeat(20_000)}\r\n\r\n`);
  const none = talk(t, world.of().port, "hello?\r\n\r\n");
  await eventually("both have their answer", () => large.closed && none.closed);
  assert.match(large.said, /^HTTP\/1.1 431 /);
  assert.equal(bodyIn(large.said).message, "the request is larger than 16384 bytes of headers");
  assert.match(none.said, /^HTTP\/1.1 400 /);
  assert.equal(bodyIn(none.said).details[0].error_name, "request_parse_failed");
});

test("beyond the limit the longest idle connection makes room, and where none is idle the newcomer is told to come again", async (t) => {
  const { world, app, system } = await gatewayWith(t, { most: 5 });
  const idle = [0, 1, 2, 3, 4].map(() => talk(t, world.of().port));
  await eventually("five are open", () => world.connections() === 5);
  assert.equal((await system.get("/v1/apps")).status, 200);
  await eventually("the first has made room", () => idle[0]?.closed === true);
  assert.ok(idle.slice(1).every(({ closed }) => !closed));

  const waiting: (() => void)[] = [];
  app.state.handler = (_, response) => void waiting.push(() => void response.end("{}"));
  const ask = `GET /v1/apps HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${system.authorization}\r\n\r\n`;
  const busy = [0, 1, 2, 3, 4].map(() => talk(t, world.of().port, ask));
  await eventually("all five work", () => waiting.length === 5);
  const refused = talk(t, world.of().port, ask);
  await eventually("it has its answer", () => refused.closed);
  assert.match(refused.said, /^HTTP\/1.1 503 .*\r\nretry-after: 2\r\n/s);
  assert.match(bodyIn(refused.said).message, /too many connections/);
  for (const answer of waiting) answer();
  await eventually("the others have theirs", () => busy.every(({ said, closed }) => closed && said.startsWith("HTTP/1.1 200 ")));
});

test("a client that never reads is cut off, and what was to be sent to it does not pile up", async (t) => {
  const { world, app, system } = await gatewayWith(t, { stalled: 700 });
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  let poured = 0;
  app.state.handler = ({ url }, response) => {
    if (!url.includes("large")) return void response.setHeader("content-type", "application/json").end("{}");
    const pour = (): void => {
      while (!response.destroyed && ++poured < 10_000) if (!response.write(megabyte)) return void response.once("drain", pour);
    };
    pour();
  };
  const ask = `GET /v1/apps?search_word=large HTTP/1.1\r\nhost: x\r\nauthorization: ${system.authorization}\r\n\r\n`;
  const before = process.memoryUsage().rss;
  const clients = Array.from({ length: 10 }, () => {
    const client = talk(t, world.of().port, ask.repeat(5));
    client.socket.pause();
    return client;
  });
  await eventually("answers are on their way", () => app.seen.length >= 10);
  assert.equal((await system.get("/v1/apps")).status, 200);
  await eventually("the gateway has cut all off", () => world.connections() <= 1, LIMIT);
  const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
  t.diagnostic(`${poured} MB poured for ${app.seen.length} requests, ${Math.round(grown)} MiB more memory`);
  assert.ok(poured < 400, `${poured} MB were taken from the service`);
  assert.ok(grown < 400, `${grown} MiB`);
  for (const { socket } of clients) socket.destroy();
  assert.equal((await system.get("/v1/apps")).status, 200);
});

test("a client that reads too slowly to ever end is cut off as well, and one that waits for its answer is not", async (t) => {
  const { world, app, system } = await gatewayWith(t, { stalled: 100, answer: 1_500 });
  const waited: number[] = [];
  app.state.handler = (_, response) =>
    void setTimeout(() => {
      waited.push(1);
      response.setHeader("content-type", "application/json").end("{}");
    }, 500);
  assert.equal((await system.get("/v1/apps")).status, 200);
  assert.equal(waited.length, 1);
  app.state.handler = (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    response.write("x".repeat(300_000));
    const timer = setInterval(() => response.write("x"), 50);
    response.once("close", () => clearInterval(timer));
  };
  const endless = talk(t, world.of().port, `GET /v1/apps HTTP/1.1\r\nhost: x\r\nauthorization: ${system.authorization}\r\n\r\n`);
  await eventually("its time is up", () => endless.closed);
  assert.ok(endless.said.length > 300_000);
});
