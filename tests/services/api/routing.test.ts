import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type GatewayWorld, gatewayWorld } from "../../world/gateway.ts";
import { upstreamServer } from "./upstream-server.ts";

let world: GatewayWorld;
let system: Awaited<ReturnType<GatewayWorld["as"]>>;
before(async () => {
  world = await gatewayWorld();
  for (const service of ["account", "repo", "app", "runtime", "cluster", "provider-local", "webhook"])
    world.serve(await upstreamServer(service));
  system = await world.as("system");
});
after(() => world.stop());

test("every operation of the contract goes to its service, with its method, path and query", async () => {
  const ids = Object.keys(operations) as OperationId[]; // Its keys are exactly these.
  assert.ok(ids.length > 100);
  for (const id of ids) {
    const { method, path, service } = operations[id];
    if (service === "api") continue; // The gateway's own, which no service gets.
    const asked = `${path.replaceAll(/[{}]/g, "")}?status=a&status=b&x=%2F`;
    const { status, body } = method === "get" ? await system.get(asked) : await system.request(method.toUpperCase(), asked, { name: "x" });
    assert.equal(status, 200, id);
    assert.deepEqual([body.from, body.method, body.url], [service, method.toUpperCase(), asked], id);
    assert.equal(body.bytes, method === "get" ? 0 : 12, id);
  }
});

const served = new Set(Object.values(operations).map(({ method, path }) => `${method.toUpperCase()} ${path}`));
const asked: readonly (readonly [string, string])[] = [
  ["GET", "/v1/markets"],
  ["POST", "/v1/markets"],
  ["PATCH", "/v1/markets"],
  ["DELETE", "/v1/markets"],
  ["POST", "/v1/markets:join"],
  ["POST", "/v1/markets:leave"],
  ["GET", "/v1/market_users"],
  ["GET", "/v1/app_vendors"],
  ["POST", "/v1/app_vendors"],
  ["POST", "/v1/app_vendors/pass"],
  ["POST", "/v1/app_vendors/reject"],
  ["GET", "/v1/app_vendors/app_vendor"],
  ["GET", "/v1/app_vendors/app_vendor_statistics"],
  ["GET", "/v1/debug_clusters"],
  ["GET", "/v1/debug_clusters/apps"],
  ["POST", "/v1/debug_clusters/create"],
  ["GET", "/v1/debug_runtimes"],
  ["POST", "/v1/debug_runtimes"],
  ["GET", "/v1/debug_runtimes/credentials"],
  ["POST", "/v1/debug_runtimes/credentials"],
  ["GET", "/v1/releases"],
  ["POST", "/v1/releases"],
  ["PUT", "/v1/releases"],
  ["PATCH", "/v1/releases"],
  ["DELETE", "/v1/releases"],
  ["POST", "/v1/service_configs/get"],
  ["POST", "/v1/service_configs/set"],
  ["POST", "/v1/service_configs/validate_email_service"],
  ["GET", "/v1/clusters/key_pairs"],
  ["POST", "/v1/clusters/key_pairs"],
  ["DELETE", "/v1/clusters/key_pairs"],
  ["POST", "/v1/clusters/key_pair/attach"],
  ["POST", "/v1/clusters/key_pair/detach"],
  ["GET", "/v1/clusters/subnets"],
  ["POST", "/v1/tasks/retry"],
  ["PUT", "/v1/apps"],
  ["DELETE", "/v1/clusters"],
  ["GET", "/v1/nothing"],
  ["GET", "/v1/apps/"],
];
/** Those that the contract has come to offer are no longer among them. */
const unserved = asked.filter(([method, path]) => !served.has(`${method} ${path}`));

test("what no service offers is 501 within /v1, whoever asks", async () => {
  assert.ok(unserved.length >= 32);
  for (const [method, path] of unserved) {
    for (const headers of [{}, { authorization: system.authorization }]) {
      const { status, body, error } = await world.ask(path, { method, headers });
      assert.deepEqual([status, body.code, error], [501, 12, "not_implemented"], `${method} ${path}`);
      assert.equal(body.message, `${method} ${path} is not implemented`);
      assert.equal(body.error, body.message);
    }
  }
  const chinese = await world.ask("/v1/markets", { headers: { "accept-language": "zh-CN" } });
  assert.equal(chinese.body.message, "GET /v1/markets未实现");
});

test("outside of /v1 a wrong path or method is 404", async () => {
  for (const [method, path] of [
    ["GET", "/v2/apps"],
    ["POST", "/"],
    ["GET", "/v1x"],
    ["POST", "/attachments/att-1/logo"],
    ["GET", "/attachments/att-1"],
    ["GET", "/attachments/att-1/a/b"],
    ["GET", "/attachments/att-1/%zz"],
  ] as const) {
    const { status, body, error } = await world.ask(path, { method });
    assert.deepEqual([status, body.code, error], [404, 5, "route_not_found"], `${method} ${path}`);
  }
});

test("a path written in percent code reaches the service as the contract writes it", async () => {
  const { body } = await system.get("/v1/users/password%3Areset?reset_id=r");
  assert.deepEqual([body.from, body.url], ["account", "/v1/users/password:reset?reset_id=r"]);
});

test("files of attachments are for everybody, and their path reaches the service as it was sent", async () => {
  for (const path of ["/attachments/att-1/a%20logo.png", "/attachments/att-1/..%2Fb"]) {
    const { status, body } = await world.ask(path);
    assert.deepEqual([status, body.from, body.url], [200, "app", path]);
  }
});

test("the contract and a page that lists it are at hand", async () => {
  const contract = await world.ask("/v1/openapi.json");
  assert.equal(contract.status, 200);
  assert.match(contract.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(contract.body.openapi, "3.1.0");
  assert.equal(contract.body.paths["/v1/clusters/create"].post.operationId, "CreateCluster");
  const index = await world.ask("/");
  assert.match(index.headers.get("content-type") ?? "", /^text\/html/);
  for (const [id, { path }] of Object.entries(operations)) assert.ok(index.body.includes(`<code>${path}</code></td><td>${id}<`), id);
  assert.doesNotMatch(index.body, /(src|href)="?https?:/);
});
