import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Outage } from "../../../../events/outage.ts";
import { eventually } from "../../../eventually.ts";
import { example, slowRequest } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
let system: Awaited<ReturnType<World["as"]>>;
before(async () => {
  world = await served(example);
  system = await world.as("system");
});
after(() => world.stop());

const good = { name: "a category", locale: "{}" };

test("every answer has a request id: the client's if it is sane, else a new one", async () => {
  const given = await system.get("/v1/categories", { "x-request-id": "abc-1.2:3" });
  assert.equal(given.headers.get("x-request-id"), "abc-1.2:3");
  const strange = await system.get("/v1/categories", { "x-request-id": "a b\tc" });
  assert.match(strange.headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/);
  const refused = await world.ask("/nowhere", {});
  assert.match(refused.headers.get("x-request-id") ?? "", /^[\da-f-]{36}$/);
});

test("a path that is none, and a method that it has not, are refused", async () => {
  const nowhere = await system.get("/v1/nothing");
  assert.deepEqual([nowhere.status, nowhere.body.code, nowhere.error], [404, 5, "route_not_found"]);
  const method = await system.post("/v1/apps/statistics", {});
  assert.deepEqual([method.status, method.headers.get("allow")], [405, "GET"]);
});

test("without a good token nobody gets in", async () => {
  const none = await world.ask("/v1/categories", {});
  assert.deepEqual([none.status, none.body.code, none.error], [401, 16, "auth_failure"]);
  assert.equal(none.headers.get("www-authenticate"), "Bearer");
  for (const authorization of ["Bearer x.y.z", "Basic abc", `Bearer ${(await world.token("system")).slice(0, -4)}AAAA`]) {
    const wrong = await world.ask("/v1/categories", { headers: { authorization } });
    assert.deepEqual([wrong.status, wrong.error], [401, "auth_failure"]);
  }
  const unknown = await world.ask("/v1/categories", { headers: { authorization: `Bearer ${await world.token("usr-unknown")}` } });
  assert.deepEqual([unknown.status, unknown.error], [401, "auth_failure"]);
  const old = await world.ask("/v1/categories", { headers: { authorization: `Bearer ${await world.token("system", -10)}` } });
  assert.deepEqual([old.status, old.error], [401, "access_token_expired"]);
});

test("who may not is told so before anything is read", async () => {
  await world.know("user/usr-plain", { kind: "user", roleIds: ["user"] });
  const plain = await world.as("usr-plain");
  const denied = await plain.post("/v1/categories", "{ this is no JSON");
  assert.deepEqual([denied.status, denied.body.code, denied.error], [403, 7, "permission_denied"]);
});

test("a body that is no JSON object is refused", async () => {
  for (const body of ["{ broken", "[]", '"text"', "null", '[{"name":"x"}]']) {
    const { status, body: answer } = await system.post("/v1/categories", body);
    assert.deepEqual([status, answer.code], [400, 3], body);
  }
});

test("what is required and absent, empty or null is named", async () => {
  for (const body of [{ locale: "{}" }, { ...good, name: "" }, { ...good, name: null }, {}]) {
    const { status, body: answer, error } = await system.post("/v1/categories", body);
    assert.deepEqual([status, answer.code, error], [400, 3, "missing_parameter"]);
    assert.equal(answer.message, "missing parameter [name]");
  }
  assert.equal((await system.remove("/v1/categories", { category_id: [] })).error, "missing_parameter");
  assert.equal((await system.remove("/v1/categories", { category_id: [""] })).error, "missing_parameter");
  assert.equal((await world.ask("/v1/categories", { method: "POST", headers: await bearer() })).error, "missing_parameter");
});

test("wrong types are refused by name", async () => {
  const name = await system.post("/v1/categories", { ...good, name: 7 });
  assert.deepEqual([name.status, name.error], [400, "illegal_parameter_format"]);
  assert.match(name.body.message, /\[name\]/);
  const list = await system.remove("/v1/categories", { category_id: "ctg-1" });
  assert.deepEqual([list.status, list.error], [400, "illegal_parameter_format"]);
  const limit = await system.get("/v1/categories?limit=many");
  assert.deepEqual([limit.status, limit.error], [400, "illegal_parameter_format"]);
  const negative = await system.get("/v1/categories?offset=-1");
  assert.equal(negative.status, 400);
  const kind = await system.post("/v1/apps/validate_package", { version_type: "punch cards", version_package: "AAAA" });
  assert.deepEqual([kind.status, kind.error], [400, "unsupported_parameter_value"]);
  const position = await system.get("/v1/categories", { "pitrix-wait-for": "somewhere" });
  assert.deepEqual([position.status, position.error], [400, "illegal_parameter_format"]);
});

test("fields of a request cannot pass for a problem or a rejection", async () => {
  const forged = { problem: "x", status: 200, rejected: "y", headers: { "set-cookie": "a=b" } };
  assert.equal((await system.post("/v1/categories", { ...good, name: "forged", ...forged })).status, 200);
  const listed = await system.get("/v1/categories?name=forged&problem=x&rejected=y");
  assert.deepEqual([listed.status, listed.body.total_count], [200, 1]);
});

test("empty values and unknown fields count for nothing", async () => {
  const read = await system.get("/v1/categories?name=&limit=&status=&unknown=1&category_id=");
  assert.equal(read.status, 200);
  const made = await system.post("/v1/categories", { ...good, name: "with more", unknown: { deep: null }, description: null });
  assert.equal(made.status, 200);
});

test("a body of another type is refused, except a form where the contract has one", async () => {
  const headers = { ...(await bearer()), "content-type": "text/plain" };
  const plain = await world.ask("/v1/categories", { method: "POST", headers, body: "name=x" });
  assert.deepEqual([plain.status, plain.error], [415, "unsupported_media_type"]);
  const wrongForm = new URLSearchParams(good);
  const form = await world.ask("/v1/categories", { method: "POST", headers: await bearer(), body: wrongForm });
  assert.deepEqual([form.status, form.error], [415, "unsupported_media_type"]);
  const token = await world.ask("/v1/oauth2/token", { method: "POST", body: new URLSearchParams({ grant_type: "password", scope: "" }) });
  assert.deepEqual([token.status, token.body.token_type], [200, "none"]);
  const missing = await world.ask("/v1/oauth2/token", { method: "POST", body: new URLSearchParams({ grant_type: "" }) });
  assert.equal(missing.error, "missing_parameter");
});

test("a public operation needs no token, sees the headers, and may refuse", async () => {
  const json = { method: "POST", headers: { "content-type": "application/json", authorization: "Basic Y2xpZW50OnNlY3JldA==" } };
  const token = await world.ask("/v1/oauth2/token", { ...json, body: JSON.stringify({ grant_type: "password" }) });
  assert.equal(token.body.token_type, "Basic Y2xpZW50OnNlY3JldA==");
  const unknown = await world.ask("/v1/oauth2/token", { ...json, body: JSON.stringify({ grant_type: "password", username: "nobody" }) });
  assert.deepEqual([unknown.status, unknown.body.code], [404, 5]);
});

test("bodies are bounded: tightly, and generously where packages travel", async () => {
  const large = "A".repeat(2 * 1024 * 1024);
  const plain = await system.remove("/v1/categories", { category_id: [large] });
  assert.deepEqual([plain.status, plain.error], [413, "request_too_large"]);
  const event = await system.post("/v1/categories", { ...good, name: large });
  assert.deepEqual([event.status, event.error], [400, "illegal_parameter_format"]);
  const validated = await system.post("/v1/apps/validate_package", { version_type: "helm", version_package: large });
  assert.deepEqual([validated.status, validated.body.name], [200, String(large.length)]);
});

test("a bug answers nothing of the inside and is logged once with the request's id", async () => {
  const made = await system.post("/v1/categories", { ...good, name: "to crash" });
  world.lines.length = 0;
  const body = { category_id: made.body.category_id, name: "crash" };
  const crashed = await system.patch("/v1/categories", body, { "x-request-id": "crash-1" });
  assert.deepEqual([crashed.status, crashed.body.code, crashed.error], [500, 13, "internal_error"]);
  assert.doesNotMatch(JSON.stringify(crashed.body), /inside/);
  const about = world.complaints().filter(({ correlationId }) => correlationId === "crash-1");
  assert.equal(about.length, 1);
  assert.match(JSON.stringify(about[0]?.error), /the inside of the service/);
});

test("an outage of the store is answered with 503 and when to try again", async () => {
  const outage = new Outage("connect ECONNREFUSED 10.0.0.7:27017");
  world.fate.before = async (call) => {
    if (call.startsWith("store.append") || call.includes("categories")) throw outage;
  };
  const [write, read] = [await system.post("/v1/categories", { ...good, name: "not now" }), await system.get("/v1/categories")];
  world.fate.before = async () => {};
  for (const { status, body, headers, error } of [write, read]) {
    assert.deepEqual([status, body.code, error, headers.get("retry-after")], [503, 14, "unavailable", "2"]);
    assert.doesNotMatch(JSON.stringify(body), /10\.0\.0\.7/);
  }
  assert.equal((await system.get("/v1/categories")).status, 200);
});

test("errors speak Chinese to whoever prefers it", async () => {
  const { body } = await system.post("/v1/categories", {}, { "accept-language": "zh-CN,zh;q=0.9" });
  assert.equal(body.message, "缺少参数[name]");
});

test("a path may have a colon in it, however it is written", async () => {
  const body = { email: "a@example.org", password: "x" };
  assert.deepEqual((await system.post("/v1/users/password:validate", body)).body, { validated: true });
  assert.equal((await system.post("/v1/users/password%3Avalidate", body)).status, 404);
  assert.equal((await system.post("/v1/users/password:validate", { email: "a@example.org" })).error, "missing_parameter");
});

test("an orderly end finishes the request under way, and takes no other", async () => {
  const own = await served(example);
  const { host } = own.of();
  const { began, finish } = slowRequest();
  const underWay = (await own.as("system")).post("/v1/users/password:validate", { email: "slow", password: "x" });
  await began;
  const stopped = own.stop();
  await eventually("it says that it stops", async () => (await host.ready())[0] === "is stopping");
  const isRefused = () =>
    own.ask("/livez").then(
      () => false,
      () => true,
    );
  await eventually("it takes no other", isRefused);
  finish();
  assert.deepEqual((await underWay).body, { validated: true });
  await stopped;
});

test("a request for another service is told so", async () => {
  const wrong = await system.get("/v1/categories", { "pitrix-service": "cluster" });
  assert.deepEqual([wrong.status, wrong.error], [421, "misdirected_request"]);
  assert.equal((await system.get("/v1/categories", { "pitrix-service": "example" })).status, 200);
});

test("it says that it is alive, ready, and what it has counted", async () => {
  assert.equal((await world.ask("/livez", {})).status, 200);
  assert.deepEqual((await world.ask("/readyz", {})).body, { status: "ready", reasons: [] });
  const { body } = await world.ask("/metrics", {});
  assert.ok(/pitrix_http_request_seconds_count\{[^}]*operation="DescribeCategories",status="200"\} [1-9]/.test(body));
  assert.ok(/pitrix_events_total\{type="CategoryCreated",service="example"\} [1-9]/.test(body));
});

const bearer = async () => ({ authorization: `Bearer ${await world.token("system")}` });

test("a name, an id or a text with other characters or more of them than the contract has is refused, and nothing is committed", async () => {
  const before = (await world.history()).length;
  for (const name of ["two\nlines", "a\0b", "a".repeat(2_000), "\u202egnp", "half \ud800"]) {
    const { status, error, body } = await system.post("/v1/categories", { ...good, name });
    assert.deepEqual([status, error], [400, "illegal_parameter_format"], JSON.stringify(name));
    assert.match(body.message, /\[name\]/);
  }
  const text = await system.post("/v1/categories", { ...good, description: "a\0b" });
  assert.deepEqual([text.status, text.error], [400, "illegal_parameter_format"]);
  const id = await system.post("/v1/categories", { ...good, category_id: "a\nb" });
  assert.equal(id.status, 200, "an unknown field is ignored");
  for (const wanted of ["a%0Ab", "a%00b", "a".repeat(129)]) {
    const { status, error } = await system.get(`/v1/categories?category_id=${wanted}`);
    assert.deepEqual([status, error], [400, "illegal_parameter_format"], wanted);
  }
  assert.equal((await world.history()).length, before + 1);
});
