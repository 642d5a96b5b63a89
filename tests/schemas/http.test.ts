import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import express from "express";
import * as validator from "express-openapi-validator";
import { operations } from "../../schemas/generated/http.ts";
import { contract, withContract } from "./tooling.ts";

const application = express()
  .use(express.json())
  .use(express.urlencoded({ extended: true }))
  .use(
    validator.middleware({
      apiSpec: join(contract, "http/v1.yaml"),
      validateApiSpec: true,
      validateRequests: { allowUnknownQueryParameters: true },
      validateSecurity: false,
    }),
  )
  .use((request: express.Request, response: express.Response) => {
    response.json({ query: request.query, body: request.body });
  })
  .use((error: { status?: number; message: string }, _: express.Request, response: express.Response, __: express.NextFunction) => {
    response.status(error.status ?? 500).json({ message: error.message });
  });
const server = createServer(application);
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  server.close();
  server.closeAllConnections();
});

type Answer = { query: Record<string, unknown>; body: Record<string, unknown>; message: string };

async function call(method: string, path: string, body?: string | object) {
  // A TCP server has an address object once it listens.
  const { port } = server.address() as AddressInfo;
  const form = typeof body === "string";
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  });
  // The server above answers nothing else.
  return { status: response.status, answer: (await response.json()) as Answer };
}

test("every operation is known to the validator of requests, and takes what it requires", async () => {
  for (const [id, operation] of Object.entries(operations)) {
    const { status, answer } = await call(operation.method.toUpperCase(), operation.path, operation.method === "get" ? undefined : {});
    assert.equal(status, operation.required.length ? 400 : 200, `${id}: ${status} ${answer.message}`);
    if (status === 400) assert.match(answer.message, new RegExp(`\\b(${operation.required.join("|")})\\b`), id);
  }
});

test("a path with a colon is itself, and a DELETE has a body", async () => {
  assert.equal((await call("DELETE", "/v1/user:role", { user_id: ["u"], role_id: ["r"] })).status, 200);
  assert.match((await call("DELETE", "/v1/user:role", { user_id: ["u"] })).answer.message, /role_id/);
  assert.equal((await call("POST", "/v1/users/password:change", { new_password: "n", reset_id: "r" })).status, 200);
  assert.equal((await call("POST", "/v1/users/passwordchange", {})).status, 404);
});

test("a query array may be given once or repeated, and unknown fields pass", async () => {
  const single = await call("GET", "/v1/clusters?status=active&limit=3&nonsense=1");
  assert.deepEqual([single.answer.query.status, single.answer.query.limit, single.answer.query.nonsense], [["active"], 3, "1"]);
  const twice = await call("GET", "/v1/clusters?status=active&status=pending");
  assert.deepEqual(twice.answer.query.status, ["active", "pending"]);
  assert.equal((await call("POST", "/v1/repos/index", { repo_id: "repo-1", nonsense: true })).status, 200);
});

test("a token is asked for in JSON or as a form, and only with a known grant", async () => {
  assert.equal((await call("POST", "/v1/oauth2/token", { grant_type: "client_credentials" })).status, 200);
  const form = await call("POST", "/v1/oauth2/token", "grant_type=password&client_id=c&client_secret=s&username=u&password=p");
  assert.deepEqual([form.status, form.answer.body.username], [200, "u"]);
  assert.match((await call("POST", "/v1/oauth2/token", { grant_type: "guess" })).answer.message, /grant_type/);
});

test("names are names, and bytes are base64", async () => {
  const runtime = { name: "n", provider: "local", zone: "local", runtime_credential_id: "runtimec-1" };
  assert.equal((await call("POST", "/v1/runtimes", runtime)).status, 200);
  assert.match((await call("POST", "/v1/runtimes", { ...runtime, provider: "the moon" })).answer.message, /provider/);
  const app = { name: "n", version_type: "helm", version_package: "aGVsbG8=" };
  assert.equal((await call("POST", "/v1/apps", app)).status, 200);
  assert.match((await call("POST", "/v1/apps", { ...app, version_package: "§" })).answer.message, /version_package/);
});

test("every list answers rows, only tokens, files of attachments and what a token of a repository asks for are public, and every operation has its service", () => {
  const all = Object.entries(operations);
  assert.deepEqual(
    all.filter(([, operation]) => operation.public).map(([id]) => id),
    ["GetAttachmentFile", "RevokeToken", "SyncRepo", "Token"],
  );
  for (const [id, { query, rows }] of all) assert.equal(query.includes("offset"), rows !== null, id);
  assert.deepEqual([...new Set(all.map(([, { service }]) => service))].sort(), [
    "account",
    "api",
    "app",
    "cluster",
    "repo",
    "runtime",
    "webhook",
  ]);
});

const rows = `application/json: { schema: { type: object, properties: { node_set: { type: array, items: { $ref: "#/components/schemas/Node" } } } } }`;
const document = (operation: string, content = rows, permission = "x-permission: [m1.f1.a1, node_review]") => `
openapi: 3.1.0
info: { title: T, version: v1 }
paths:
  /v1/nodes:
    get:
      x-service: node
      summary: List nodes
      ${permission}
      parameters:
        - { $ref: "#/components/parameters/Limit" }
        - { name: status, in: query, required: true, style: form, explode: true, schema: { type: array, items: { enum: [up, down] } } }
        - { name: Pitrix-Wait-For, in: header, schema: { type: string } }
${operation}
      responses:
        "200":
          description: Rows.
          content: { ${content} }
components:
  parameters: { Limit: { name: limit, in: query, description: How many., schema: { type: integer } } }
  schemas: { Node: { description: A node., type: object, required: [node_id], properties: { node_id: { type: string }, tags: { type: object, additionalProperties: { type: string } } } } }
x-bundles:
  m1.f1.a1: { module: m1, portals: [user, admin] }
  node_review: { module: m1, portals: [admin] }
`;

test("an operation becomes a request, an answer and a description", () =>
  withContract(({ generate, read, write }) => {
    write("http/v1.yaml", document("      operationId: DescribeNodes\n      x-paged: true\n      x-rows: node_set"));
    assert.deepEqual(generate().problems, []);
    const text = read("generated/http.ts");
    for (const expected of [
      "/** A node. */\nexport type Node = {\n  readonly node_id: string;\n  readonly tags?: Readonly<Record<string, string>>;\n};\n",
      '    request: {\n      /** How many. */\n      readonly limit?: number;\n      readonly status: readonly ("up" | "down")[];\n    };\n',
      "    answer: {\n      readonly node_set?: readonly Node[];\n    };\n",
      'DescribeNodes: { method: "get", path: "/v1/nodes", service: "node", query: ["limit", "status"], arrays: ["status"], required: ["status"], body: false, public: false, permission: ["m1.f1.a1", "node_review"], answers: "json", rows: "node_set" }',
      'export type Portal = "admin" | "user";\n',
      'export type BundleId =\n  | "m1.f1.a1"\n  | "node_review";\n',
      '  "m1.f1.a1": { module: "m1", portals: ["user", "admin"] },\n  node_review: { module: "m1", portals: ["admin"] },\n',
    ])
      assert.ok(text.includes(expected), text);
  }));

test("a list without rows is refused, and so is an operation without a name", () =>
  withContract(({ generate, write }) => {
    write("http/v1.yaml", document("      x-paged: true\n      x-rows: nodes"));
    assert.deepEqual(generate().problems, [
      "http/v1.yaml: GET /v1/nodes has no operationId",
      "http/v1.yaml: GET /v1/nodes is paged, but its answer has no rows",
    ]);
  }));

for (const [content, answers, answer] of [
  [rows, "json", "{\n      readonly node_set?: readonly Node[];\n    }"],
  ["application/gzip: {}", "bytes", "Uint8Array"],
  ['"*/*": {}', "bytes", "Uint8Array"],
  ["text/plain: { schema: { type: string } }", "bytes", "Uint8Array"],
  ['text/event-stream: { schema: { $ref: "#/components/schemas/Node" } }', "stream", "Node"],
] as const)
  test(`an answer of ${content.split(": ")[0]} is ${answers}`, () =>
    withContract(({ generate, read, write }) => {
      write("http/v1.yaml", document("      operationId: DescribeNodes", content));
      assert.deepEqual(generate().problems, []);
      assert.match(read("generated/http.ts"), new RegExp(`DescribeNodes: \\{.* answers: "${answers}",`));
      assert.ok(read("generated/http.ts").includes(`    answer: ${answer};\n`));
    }));

for (const content of ["", "application/json: {}", "text/event-stream: {}"])
  test(`an operation whose answer has the content "${content}" is refused`, () =>
    withContract(({ generate, write }) => {
      write("http/v1.yaml", document("      operationId: DescribeNodes", content));
      assert.deepEqual(generate().problems, ["http/v1.yaml: GET /v1/nodes has no answer"]);
    }));

for (const [permission, reason] of [
  ["x-nothing: true", "has no x-permission: a list of action bundles, empty for none"],
  ["x-permission: m1.f1.a1", "has no x-permission: a list of action bundles, empty for none"],
  ["x-permission: [m1.f1.a1, m1.f1.a9]", 'names the action bundle "m1.f1.a9", which x-bundles does not have'],
  ["x-permission: [constructor]", 'names the action bundle "constructor", which x-bundles does not have'],
] as const)
  test(`an operation with ${permission} is refused`, () =>
    withContract(({ generate, write }) => {
      write("http/v1.yaml", document("      operationId: DescribeNodes", rows, permission));
      assert.deepEqual(generate(), { problems: [`http/v1.yaml: GET /v1/nodes ${reason}`], stale: [], written: [] });
    }));

test("an operation may belong to no bundle, and a bundle needs its module and portals", () =>
  withContract(({ generate, write }) => {
    const text = document("      operationId: DescribeNodes", rows, "x-permission: []");
    write("http/v1.yaml", text);
    assert.deepEqual(generate().problems, []);
    write("http/v1.yaml", text.replace("node_review: { module: m1,", "node_review: {"));
    assert.deepEqual(generate().problems, ["http/v1.yaml: the action bundle node_review needs a module and its portals"]);
  }));
