import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { fillRegistry } from "../../../services/api/external-registry.ts";
import { subjectsOf } from "../../../services/api/registry/subjects.ts";
import { breakers } from "../../../services/chassis/process/breaker.ts";
import { httpClient } from "../../../services/chassis/process/client.ts";
import { ConfigError } from "../../../services/chassis/process/config.ts";
import { Unreachable } from "../../../services/chassis/process/connect.ts";
import { logging } from "../../../services/chassis/process/logging.ts";

const subjects = subjectsOf(schemas, (aggregate) => `pitrix.${aggregate}`);

type Known = { readonly subject: string; readonly schema: string };
/** A registry that knows what it was sent, in memory; `trouble` answers first. */
const registryServer = async (
  t: TestContext,
  trouble: (request: IncomingMessage) => { status: number; body: object } | undefined = () => undefined,
) => {
  const known = new Map<number, Known>();
  const seen: string[] = [];
  const authorizations = new Set<string | undefined>();
  const state = { next: 1, level: "BACKWARD" };
  const answer = (method: string, path: string, body: Record<string, string>): readonly [number, object] => {
    const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(path) ?? [];
    const [, subject] = /^\/subjects\/([^/]+)\/versions$/.exec(path) ?? [];
    if (method === "GET" && path === "/subjects") return [200, [...new Set([...known.values()].map((each) => each.subject))]];
    if (method === "PUT" && path === "/config") {
      state.level = body.compatibility ?? "";
      return [200, body];
    }
    if (id !== undefined) {
      const found = known.get(Number(id));
      return found ? [200, { schema: found.schema }] : [404, { error_code: 40403, message: "Schema not found" }];
    }
    const schema = body.schema ?? "";
    const [same] = [...known].find(([, each]) => each.schema === schema) ?? [];
    if (same === undefined) known.set(state.next, { subject: decodeURIComponent(subject ?? ""), schema });
    return [200, { id: same ?? state.next++ }];
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push(`${request.method} ${request.url}`);
    authorizations.add(request.headers.authorization);
    const wrong = trouble(request);
    const given = Buffer.concat(chunks).toString("utf8");
    const [status, body] = wrong ? [wrong.status, wrong.body] : answer(request.method ?? "", request.url ?? "", JSON.parse(given || "{}"));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`; // A TCP server's address is one.
  return { known, seen, state, authorizations, at, url: `http://${at}`, sent: () => seen.filter((each) => each.startsWith("POST")).length };
};

/** Time passes as soon as somebody waits. */
const fill = (url: string) => {
  let now = 0;
  const clock = {
    now: () => now,
    random: () => 0,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const { guard, stop } = breakers({ volume: 1_000 });
  return fillRegistry(url, subjects, { call: httpClient(guard), clock, logger: logging("silent", {}) }).finally(stop);
};
const refuses = (why: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ConfigError, String(error));
  assert.match(error.message, why);
  return true;
};

test("an empty registry gets every schema in the order of the ids, and the level of the contract; the next start sends nothing", async (t) => {
  const server = await registryServer(t);
  await fill(server.url);
  assert.deepEqual(
    [...server.known.keys()],
    schemas.map(({ id }) => id),
  );
  for (const { id, subject, schema } of subjects.all) assert.deepEqual(server.known.get(id), { subject, schema });
  assert.equal(server.state.level, "FULL_TRANSITIVE");
  const before = server.sent();
  await fill(server.url);
  assert.equal(server.sent(), before);
});

test("a registry that was half filled is filled, also by two at once", async (t) => {
  const server = await registryServer(t);
  for (const { id, subject, schema } of subjects.all.slice(0, 40)) server.known.set(id, { subject, schema });
  server.state.next = 41;
  await Promise.all([fill(server.url), fill(server.url)]);
  assert.deepEqual(
    [...server.known.keys()],
    schemas.map(({ id }) => id),
  );
});

test("a registry of somebody else is refused, and nothing is sent to it", async (t) => {
  const server = await registryServer(t);
  server.known.set(1, { subject: "orders-value", schema: '"string"' });
  await assert.rejects(fill(server.url), refuses(/it has subjects of others, such as orders-value, and must be empty or Pitrix's own/));
  assert.deepEqual(server.seen, ["GET /subjects"]);
});

test("another schema under an id is refused, and named", async (t) => {
  const server = await registryServer(t);
  const [first, second] = subjects.all;
  server.known.set(1, { subject: first?.subject ?? "", schema: second?.schema ?? "" });
  await assert.rejects(
    fill(server.url),
    refuses(/its schema 1 is another one than that of pitrix\.app-pitrix\.app\.AppCreated, version 1/),
  );
  assert.equal(server.sent(), 0);
});

test("a registry that gives another id is refused at the first one", async (t) => {
  const server = await registryServer(t);
  server.state.next = 7;
  await assert.rejects(fill(server.url), refuses(/AppCreated, version 1, the id 7 and not 1: it was not empty/));
  assert.equal(server.sent(), 1);
});

test("what the registry says against a schema is the reason", async (t) => {
  const server = await registryServer(t, ({ method }) =>
    method === "POST" ? { status: 409, body: { error_code: 409, message: "reader field missing default value: owner" } } : undefined,
  );
  await assert.rejects(fill(server.url), refuses(/does not take .*AppCreated, version 1: 409 reader field missing default value: owner/));
});

test("a registry that starts late is waited for; one that stays away is named, without the password", async (t) => {
  let failures = 3;
  const late = await registryServer(t, () => (failures-- > 0 ? { status: 503, body: {} } : undefined));
  await fill(`http://pitrix:s%40cret@${late.at}`);
  assert.equal(late.known.size, schemas.length);
  assert.deepEqual([...late.authorizations], [`Basic ${Buffer.from("pitrix:s@cret").toString("base64")}`]);
  const away = await registryServer(t, () => ({ status: 503, body: {} }));
  await assert.rejects(fill(`http://pitrix:s%40cret@${away.at}`), (error: unknown) => {
    assert.ok(error instanceof Unreachable);
    assert.match(error.message, /did not answer within 60 s/);
    assert.doesNotMatch(error.message, /cret/);
    return true;
  });
});

test("everything is looked at before anything is sent: another schema under a later id is refused, too", async (t) => {
  const server = await registryServer(t);
  const [first, , third] = subjects.all;
  server.known.set(3, { subject: first?.subject ?? "", schema: first?.schema ?? "" });
  await assert.rejects(fill(server.url), refuses(new RegExp(`its schema 3 is another one than that of ${third?.subject}`)));
  assert.equal(server.sent(), 0);
});
