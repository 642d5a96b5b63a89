import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../../eventually.ts";
import { gatewayWorld } from "../../world/gateway.ts";
import { echo, type Handler, upstreamServer } from "./upstream-server.ts";

const worldWith = async (t: { after: (end: () => Promise<void>) => void }, names: readonly string[], options = {}) => {
  const world = await gatewayWorld(options);
  t.after(() => world.stop());
  const servers = await Promise.all(names.map((name) => upstreamServer("app", name)));
  const [leave] = await Promise.all(servers.map((server) => world.serve(server)));
  return { world, servers, system: await world.as("system"), /** The first server is known no more. */ leave };
};
const write = { name: "x" };
const breaks: Handler = (_, response) => void response.destroy();
const keyed = { "idempotency-key": "k-1" };

test("instances of a service take turns", async (t) => {
  const { servers, system } = await worldWith(t, ["a", "b"]);
  for (let each = 0; each < 10; each++) await system.get("/v1/apps");
  assert.deepEqual(
    servers.map(({ seen }) => seen.length),
    [5, 5],
  );
});

test("one of two instances is killed under load: no read fails, none is stale, and no keyed write fails", async (t) => {
  const { world, servers, system } = await worldWith(t, ["a", "b"]);
  const [a, b] = servers;
  const statuses = new Map<string, number>();
  let running = true;
  const note = (what: string) => void statuses.set(what, (statuses.get(what) ?? 0) + 1);
  const load = Array.from({ length: 16 }, async (_, lane) => {
    for (let each = 0; running; each++) {
      const writes = lane % 4 === 0;
      const headers = { "idempotency-key": `${lane}-${each}` };
      const { status, headers: got } = writes
        ? await system.patch("/v1/apps", write, headers)
        : await system.get(`/v1/apps?offset=${lane}-${each}`);
      note(`${writes ? "write" : "read"} ${status}${got.get("warning") ? " stale" : ""}`);
    }
  });
  await eventually("both to work", () => servers.every(({ seen }) => seen.length > 50));
  await a?.kill();
  const before = b?.seen.length ?? 0;
  await eventually("the other to go on", () => (b?.seen.length ?? 0) > before + 200);
  running = false;
  await Promise.all(load);
  assert.deepEqual([...statuses.keys()].sort(), ["read 200", "write 200"]);
  assert.match(await world.figures(), /pitrix_gateway_retries_total\{upstream="app",after="(refused|reset)",service="api"\} [1-9]/);
});

test("a service is dead: writes are refused at once, reads get what the same caller got last, and it is noticed when it lives", async (t) => {
  const { world, servers, system } = await worldWith(t, ["a"]);
  const [a] = servers;
  const developer = await world.as("usr-dev");
  const fresh = await system.get("/v1/apps?status=active");
  assert.equal(fresh.headers.get("warning"), null);
  await a?.kill();

  const first = await system.patch("/v1/apps", write);
  assert.deepEqual([first.status, first.body.code, first.error], [503, 14, "service_unavailable"]);
  assert.equal(first.headers.get("retry-after"), "2");
  await eventually("the breaker to open", async () => /pitrix_gateway_breaker_state\{upstream="app",.*\} 2/.test(await world.figures()));
  const times: number[] = [];
  for (let each = 0; each < 20; each++) {
    const refused = await system.patch("/v1/apps", write, keyed);
    assert.equal(refused.status, 503);
    times.push(refused.milliseconds);
  }
  times.sort((x, y) => x - y);
  assert.ok((times[10] ?? 99) < 50, `half of the refusals took longer than ${times[10]} ms`);

  world.time.pass(7_000);
  const stale = await system.get("/v1/apps?status=active", { "pitrix-wait-for": "app/app-1@9", "x-request-id": "again" });
  assert.equal(stale.status, 200);
  assert.deepEqual(stale.body, fresh.body);
  assert.match(stale.headers.get("warning") ?? "", /^110 /);
  assert.ok(Number(stale.headers.get("age")) >= 7 && Number(stale.headers.get("age")) <= 17);
  assert.equal(stale.headers.get("pitrix-pending"), "true");
  assert.equal(stale.headers.get("x-request-id"), "again");
  assert.equal((await system.get("/v1/apps?status=active")).headers.get("pitrix-pending"), null);
  // Neither another question nor another caller gets it.
  assert.equal((await system.get("/v1/apps?status=draft")).status, 503);
  assert.equal((await developer.get("/v1/apps?status=active")).status, 503);
  assert.match(await world.figures(), /pitrix_gateway_stale_answers_total\{operation="DescribeApps",service="api"\} 2/);
  // What is too old is no answer any more.
  world.time.pass(4_000_000 - 7_000);
  assert.equal((await (await world.as("system", 9_000)).get("/v1/apps?status=active")).status, 503);
  world.time.pass(-4_000_000);

  await a?.start();
  await eventually("the service to be noticed", async () => (await system.get("/v1/apps?status=draft")).status === 200);
  const back = await system.get("/v1/apps?status=active");
  assert.deepEqual([back.status, back.headers.get("warning")], [200, null]);
});

test("other services go on while one is dead", async (t) => {
  const { world, servers, system } = await worldWith(t, ["a"]);
  const repo = await upstreamServer("repo");
  await world.serve(repo);
  await servers[0]?.kill();
  assert.equal((await system.get("/v1/apps")).status, 503);
  assert.equal((await system.get("/v1/repos")).status, 200);
  assert.equal((await system.post("/v1/repos", write)).status, 200);
});

test("a service that nobody has announced is 503", async (t) => {
  const { system } = await worldWith(t, []);
  const { status, error } = await system.patch("/v1/apps", write);
  assert.deepEqual([status, error], [503, "service_unavailable"]);
});

test("a write whose connection breaks is sent again with an idempotency key", async (t) => {
  const { servers, system } = await worldWith(t, ["a", "b"]);
  const [a, b] = servers;
  if (!a || !b) return assert.fail();
  a.state.handler = breaks;
  for (let each = 0; each < 4; each++) assert.equal((await system.patch("/v1/apps", write, keyed)).status, 200);
  assert.ok(a.seen.length > 0);
  assert.equal(b.seen.length, 4);
  for (const { headers, body } of [...a.seen, ...b.seen]) assert.deepEqual([headers["idempotency-key"], body], ["k-1", '{"name":"x"}']);
});

test("a keyed write that broke and then reached nobody leaves open what became of it", async (t) => {
  const { servers, system } = await worldWith(t, ["a"]);
  const [a] = servers;
  if (!a) return assert.fail();
  a.state.handler = (_, response) => {
    response.destroy();
    void a.kill();
  };
  const { status, error, headers } = await system.patch("/v1/apps", write, keyed);
  assert.deepEqual([status, error, headers.get("retry-after")], [502, "outcome_unknown", "2"]);
  assert.equal((await system.patch("/v1/apps", write, keyed)).status, 503);
});

test("a write whose connection breaks is never sent again without a key, and its answer leaves open what became of it", async (t) => {
  const { servers, system } = await worldWith(t, ["a", "b"]);
  const [a, b] = servers;
  if (!a || !b) return assert.fail();
  a.state.handler = breaks;
  const results = [];
  for (let each = 0; each < 4; each++) results.push(await system.patch("/v1/apps", write));
  const failed = results.filter(({ status }) => status !== 200);
  assert.equal(failed.length, 2);
  for (const { status, body, error } of failed) assert.deepEqual([status, body.code, error], [502, 14, "outcome_unknown"]);
  assert.deepEqual([a.seen.length, b.seen.length], [2, 2]);
});

test("a key that the operation does not take makes nothing repeatable", async (t) => {
  const world = await gatewayWorld();
  t.after(() => world.stop());
  const [a, b] = [await upstreamServer("account", "a"), await upstreamServer("account", "b")];
  await world.serve(a, b);
  for (const { state } of [a, b]) state.handler = breaks;
  const { status } = await world.ask("/v1/oauth2/token", { method: "POST", headers: keyed, body: "{}" });
  assert.equal(status, 502);
  assert.equal(a.seen.length + b.seen.length, 1);
});

test("a write that reached nobody goes to another instance, key or not", async (t) => {
  const { servers, system } = await worldWith(t, ["a", "b"]);
  await servers[0]?.kill();
  for (let each = 0; each < 6; each++) assert.equal((await system.patch("/v1/apps", write)).status, 200);
  assert.equal(servers[1]?.seen.length, 6);
});

test("another service at the address says so by 421 and is left alone; the request goes where it belongs", async (t) => {
  const { world, servers, system } = await worldWith(t, ["a", "b"]);
  const [a, b] = servers;
  if (!a || !b) return assert.fail();
  a.state.answersFor = "repo";
  for (let each = 0; each < 6; each++) assert.equal((await system.patch("/v1/apps", write)).status, 200);
  assert.deepEqual([a.seen.length, b.seen.length], [0, 6]);
  await b.kill();
  assert.equal((await system.patch("/v1/apps", write)).status, 503);
  a.state.answersFor = "app";
  await eventually("the instance to be used again", async () => (await system.get("/v1/apps")).status === 200);
  assert.match(await world.figures(), /pitrix_gateway_upstream_seconds_count\{service="api",upstream="app",outcome="misdirected"\} [1-9]/);
});

test("an instance that hangs is found dead within a second: reads go elsewhere, who waits is told", async (t) => {
  const { servers, system } = await worldWith(t, ["a", "b"], { reset: 60_000 });
  const [a, b] = servers;
  if (!a || !b) return assert.fail();
  a.state.lives = false;
  a.state.handler = () => {};
  const answers = await Promise.all(Array.from({ length: 10 }, () => system.get("/v1/apps")));
  for (const { status, body, milliseconds } of answers) {
    assert.deepEqual([status, body.from], [200, "b"]);
    assert.ok(milliseconds < 2_500, `${milliseconds} ms`);
  }
  const quick = await Promise.all(Array.from({ length: 4 }, () => system.patch("/v1/apps", write)));
  for (const { status, body } of quick) assert.deepEqual([status, body.from], [200, "b"]);
});

test("a service that lives but does not answer in time: a write is 504, a read gets the last answer", async (t) => {
  const { servers, system } = await worldWith(t, ["a"], { timeouts: { read: 200, write: 300 } });
  const [a] = servers;
  if (!a) return assert.fail();
  await system.get("/v1/apps");
  a.state.handler = () => {};
  const late = await system.patch("/v1/apps", write);
  assert.deepEqual([late.status, late.body.code, late.error], [504, 4, "upstream_timeout"]);
  assert.ok(late.milliseconds >= 250 && late.milliseconds < 2_000, `${late.milliseconds} ms`);
  const stale = await system.get("/v1/apps");
  assert.deepEqual([stale.status, stale.headers.get("age")], [200, "0"]);
});

test("a slow service is waited for as long as it says that it lives", async (t) => {
  const { servers, system } = await worldWith(t, ["a"], { slow: 20, probe: 500 });
  const [a] = servers;
  if (!a) return assert.fail();
  a.state.handler = async (seen, response, request) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await echo("a")(seen, response, request);
  };
  assert.equal((await system.patch("/v1/apps", write)).status, 200);
});

test("what a service says of its own trouble reaches the writer; after some of it the breaker opens", async (t) => {
  const { world, servers, system } = await worldWith(t, ["a"], { reset: 60_000 });
  const [a] = servers;
  if (!a) return assert.fail();
  const fresh = await system.get("/v1/apps");
  a.state.handler = (_, response) =>
    void response.writeHead(503, { "content-type": "application/json", "retry-after": "7" }).end('{"error":"the store is away","code":14}');
  const told = await system.patch("/v1/apps", write);
  assert.deepEqual([told.status, told.body.error, told.headers.get("retry-after")], [503, "the store is away", "7"]);
  assert.deepEqual((await system.get("/v1/apps")).body, fresh.body);
  for (let each = 0; each < 6; each++) await system.patch("/v1/apps", write);
  const before = a.seen.length;
  const refused = await system.patch("/v1/apps", write);
  assert.deepEqual([refused.status, refused.error, a.seen.length], [503, "service_unavailable", before]);
  assert.match(await world.figures(), /pitrix_gateway_breaker_state\{upstream="app",.*\} 2/);
});

test("errors that are answers are passed on, and open no breaker", async (t) => {
  const { servers, system } = await worldWith(t, ["a"]);
  const [a] = servers;
  if (!a) return assert.fail();
  for (const status of [400, 404, 409, 422, 500]) {
    a.state.handler = (_, response) => void response.writeHead(status, { "content-type": "application/json" }).end('{"error":"no"}');
    for (let each = 0; each < 6; each++) {
      const answer = await system.get("/v1/apps");
      assert.deepEqual([answer.status, answer.body], [status, { error: "no" }]);
    }
  }
  assert.equal(a.seen.length, 30);
});

test("what the caller may have no more is not given from memory either", async (t) => {
  const { servers, system } = await worldWith(t, ["a"]);
  const [a] = servers;
  if (!a) return assert.fail();
  assert.equal((await system.get("/v1/apps")).status, 200);
  a.state.handler = (_, response) => void response.writeHead(403, { "content-type": "application/json" }).end("{}");
  assert.equal((await system.get("/v1/apps")).status, 403);
  await a.kill();
  assert.equal((await system.get("/v1/apps")).status, 503);
  assert.equal((await system.get("/v1/app_versions")).status, 503);
});

test("an instance that has left is forgotten, with its breaker", async (t) => {
  const { world, servers, system, leave } = await worldWith(t, ["a", "b"]);
  await system.get("/v1/apps");
  await system.get("/v1/apps");
  const url = servers[0]?.instance.url ?? "";
  assert.ok((await world.figures()).includes(url));
  await leave?.();
  await system.get("/v1/apps");
  assert.ok(!(await world.figures()).includes(url));
});
