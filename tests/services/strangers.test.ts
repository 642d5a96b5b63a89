import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { app } from "../../services/chassis/http/app.ts";
import type { Host } from "../../services/chassis/http/host.ts";
import { operatedTable } from "../../services/chassis/operator/internal-table.ts";
import { services } from "../../services/index.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { ask } from "../world/requests.ts";
import { served, type World } from "../world/world.ts";

/** What answers somebody who shows no token. All else is 401, on every port of every service. */
const probes = ["get /livez", "get /metrics", "get /readyz"];
/** They check what their request carries, or give files that the store shows to everybody. */
const publicOperations = ["GetAttachmentFile", "RevokeToken", "SyncRepo", "Token"];
/** The contract, as a page and as JSON: on the gateway's public port. */
const descriptions = [
  ...["/", "/v1/openapi.json", "/asyncapi", "/asyncapi.json"],
  ...["/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"],
];

const names = Object.keys(services);
const all = Object.keys(operations) as OperationId[]; // Its keys are exactly these.
let world: World;
const state = temporaryDirectory();
before(async () => {
  const loaded = await Promise.all(Object.values(services).map((load) => load()));
  world = await served(loaded, { environment: { PITRIX_STATE: state } });
});
after(async () => {
  await world.stop();
  rmSync(state, { recursive: true, force: true });
});

const tableOf = (host: Host) => operatedTable(host, async () => []);
const filled = (path: string): string => path.replace(/\{\w+\}|(?<=\/):\w+/g, "x");
/** Somebody without a token, and somebody with one of nobody. What they send is not read: it is no JSON. */
const strangers = [{}, { authorization: "Bearer nobody.knows.me" }, { authorization: "Basic YTpi" }];
const statuses = async (url: string, method: string, path: string): Promise<readonly number[]> => {
  const body = method === "get" ? {} : { body: "{", headers: { "content-type": "application/json" } };
  const asked = strangers.map((headers) =>
    ask(`${url}${filled(path)}`, { method: method.toUpperCase(), ...body, headers: { ...body.headers, ...headers } }),
  );
  return (await Promise.all(asked)).map(({ status }) => status);
};
const nobody = strangers.map(() => 401);

for (const name of names)
  test(`${name} answers strangers on its ports with probes and metrics only`, async () => {
    const { url, operationsUrl, host } = world.of(name);
    const table = tableOf(host);
    assert.deepEqual(table.flatMap(({ method, path, access }) => (access === "anybody" ? [`${method} ${path}`] : [])).sort(), probes);
    for (const { method, path, access } of table)
      if (access !== "anybody") assert.deepEqual(await statuses(operationsUrl, method, path), nobody, `${method} ${path}`);
    const own = all.filter((id) => operations[id].service === name);
    // The gateway answers for all services, on the port that people reach.
    const doors: readonly (readonly [string, readonly OperationId[]])[] = [
      [operationsUrl, own],
      [url, name === "api" ? all : own],
    ];
    for (const [door, ids] of doors)
      for (const id of ids.filter((each) => !publicOperations.includes(each)))
        assert.deepEqual(await statuses(door, operations[id].method, operations[id].path), nobody, id);
    for (const door of [url, operationsUrl])
      for (const path of ["/internal", "/internal/", "/blobs/", "/nothing", "/v1"])
        for (const status of await statuses(door, "get", path)) assert.ok([404, 501].includes(status), `${path} ${status}`);
  });

test("no route of a service stands beside the tables", () => {
  for (const name of names) {
    const { host } = world.of(name);
    const known = tableOf(host).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(routesIn(app(host, undefined, tableOf(host)).router.stack), known, name);
  }
});

test("the public port has nothing for operators, not even with a token", async () => {
  const { url, host } = world.of("api");
  const system = { authorization: `Bearer ${await world.token("system")}` };
  for (const { path } of tableOf(host)) assert.equal((await ask(`${url}${filled(path)}`, { headers: system })).status, 404, path);
});

test("what needs no token is written down", async () => {
  assert.deepEqual(all.filter((id) => operations[id].public).sort(), publicOperations);
  for (const path of descriptions) assert.equal((await world.ask(path)).status, 200, path);
});

type Layer = {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method: string }[] };
  readonly handle: unknown;
};
/** The routes that express knows, also those of routers that are mounted. */
const routesIn = (stack: readonly unknown[]): readonly string[] =>
  (stack as readonly Layer[]).flatMap(({ route, handle }) => {
    const inner: unknown = Reflect.get(Object(handle), "stack");
    if (route) return [`${route.stack[0]?.method} ${route.path}`];
    return Array.isArray(inner) ? routesIn(inner) : [];
  });
