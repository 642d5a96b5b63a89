import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LogRecord } from "../../../events/ports.ts";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { api } from "../../../services/api/service.ts";
import { withoutSecrets } from "../../../services/chassis/http/shown.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { type Asked, inspectionOf } from "../../../services/chassis/operator/inspections.ts";
import { readRecords } from "../../../services/chassis/operator/reading.ts";
import { services } from "../../../services/index.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
before(async () => {
  world = await served([api, { ...catalog(new Set()).service, http: [] }]);
  await world.know("user/usr-admin", { kind: "user", roleIds: ["global_admin"] });
  await world.know("user/usr-isv", { kind: "user", roleIds: ["isv"] });
  await world.of("catalog").ports.log.publish(["a", "b"].flatMap((key) => changes(key, 1, 3)));
  const told = () => world.of("catalog").ports.log.ends("pitrix.group");
  await eventually("every name is told", async () => (await told()).reduce((sum, { offset }) => sum + offset, 0) === 6);
});
after(() => world.stop());

const call = async (operation: OperationId, fields: object = {}, userId = "usr-admin") => (await world.as(userId)).call(operation, fields);
const recordsOn = async (topic: string): Promise<readonly LogRecord[]> => {
  const found: LogRecord[] = [];
  const { log } = world.of("catalog").ports;
  await readRecords(log, { topics: [topic] }, new AbortController().signal, (record) => void found.push(record));
  return found;
};
/** The documents of the read model that an audit has found to be wrong. Users are known to the world without events. */
const namesIn = ({ read_models: { findings } }: { readonly read_models: { readonly findings: readonly Finding[] } }): readonly string[] =>
  findings.flatMap(({ model, id, versions }) => (model === "names" ? [`${id} ${versions}`] : []));
type Finding = { readonly model: string; readonly id: string; readonly versions: readonly number[] };
/** What an inspection has found, once it is over. */
const inspected = async (asked: object) => {
  const begun = await call("CreateInspection", asked);
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  return eventually("it is over", async () => {
    const { body } = await call("GetInspection", { inspection_id: begun.body.inspection_id });
    return body.status === "running" ? undefined : body;
  });
};

test("an audit over HTTP says how far it is, and names what is on the log without a commit, and documents that are wrong", async () => {
  const { status, asked_by, part, audit } = await inspected({ inspection: "audit", service: "catalog" });
  assert.deepEqual([status, asked_by, part[0].service, part[0].read, part[0].all], ["done", "usr-admin", "catalog", 12, 12]);
  assert.deepEqual([audit.records, audit.findings, namesIn(audit)], [6, undefined, []]);
  const model = world.databaseOf("catalog").models.get("names__v1");
  const whole = model?.get("b") ?? assert.fail("there is no document b");
  model?.set("b", { ...whole, value: { names: ["by hand"] } });
  const { log } = world.of("catalog").ports;
  const [group] = (await recordsOn("pitrix.group")).filter(({ key }) => key === "group/a");
  assert.ok(group);
  await log.publish([{ ...group, topic: "pitrix.group", key: "group/forged" }]);
  const again = await inspected({ inspection: "audit" });
  model?.set("b", whole);
  assert.deepEqual(
    again.audit.findings.map(({ kind, stream }: { kind: string; stream: string }) => `${kind} ${stream}`),
    ["forged group/forged"],
  );
  assert.deepEqual(namesIn(again.audit), ["b 3,3"]);
  assert.deepEqual(
    again.part.map(({ service }: { service: string }) => service),
    ["api", "catalog"],
  );
});

test("a document is shown as it was, the map as it was seen, and topics with their readers", async () => {
  const { at } = await inspected({ inspection: "at", what: "catalog/names/a", when: "category/a@2" });
  assert.deepEqual([at.event_id, at.events, at.set_by.names], ["category/a@2", 2, "category/a@2"]);
  const { at: never } = await inspected({ inspection: "at", what: "group/none" });
  assert.deepEqual([never.event_id, never.events], [undefined, 0]);
  const { map } = await inspected({ inspection: "map" });
  assert.ok(map.events >= 6);
  const told = map.rows.find(({ event }: { event: string }) => event === "CategoryModified");
  assert.deepEqual([told.to, told.by, told.seen], ["catalog", "reaction", 6]);
  const { topics } = await inspected({ inspection: "topics" });
  assert.deepEqual([topics[0].topic, topics[0].service, topics[0].records], ["pitrix.group", "catalog", 7]);
});

test("what names nothing is refused, and an inspection that nobody knows is not found", async () => {
  const refused = async (fields: object) => (await call("CreateInspection", fields)).status;
  assert.equal(await refused({ inspection: "at", what: "thing/x" }), 400);
  assert.equal(await refused({ inspection: "audit", service: "nobody" }), 400);
  assert.equal(await refused({ inspection: "other" }), 400);
  const failed = await inspected({ inspection: "at", what: "group/a", when: "yesterday" });
  assert.equal(failed.status, "failed");
  assert.match(failed.part[0].reason, /yesterday is not a moment/);
  for (const inspection_id of ["ins-1-0123456789ab", "x", "ins-1-..%2f"])
    for (const operation of ["GetInspection", "StopInspection"] as const)
      assert.equal((await call(operation, { inspection_id })).status, 404);
});

test("only administrators inspect, and a service does two at a time", async () => {
  const fields = { inspection: "audit", inspection_id: "ins-1-0123456789ab" };
  for (const operation of ["CreateInspection", "DescribeInspections", "GetInspection", "StopInspection"] as const) {
    assert.equal((await call(operation, fields, "usr-isv")).status, 403, operation);
    assert.equal((await world.stranger().call(operation, fields)).status, 401, operation);
  }
  world.fate.before = async (given) => (/^log\.ends/.test(given) ? new Promise<void>((resolve) => void waiting.push(resolve)) : undefined);
  const waiting: (() => void)[] = [];
  try {
    const ask = () => call("CreateInspection", { inspection: "topics", service: "catalog" });
    const ids = [(await ask()).body.inspection_id, (await ask()).body.inspection_id];
    const third = await ask();
    assert.equal(third.status, 400);
    assert.match(third.body.message, /catalog inspects as much as it may: wait, or stop an inspection/);
    const stopped = await call("StopInspection", { inspection_id: ids[0] });
    assert.equal(stopped.body.status, "stopped");
    assert.equal((await ask()).status, 200);
    const { body } = await call("DescribeInspections");
    assert.ok(body.inspection_set.length >= 5);
    assert.ok(body.inspection_set.every(({ topics }: { topics?: unknown }) => topics === undefined));
  } finally {
    world.fate.before = async () => {};
    for (const release of waiting) release();
  }
});

test("what is internal to a service is not shown over HTTP, and of secrets and of hashes only that they are there", async () => {
  const all = await loadServices(services);
  for (const what of ["password/usr-1", "clientSecret/c", "account/passwords/usr-1", "webhook/webhooks/wh-1"])
    assert.throws(
      () => inspectionOf("at").services({ inspection: "at", what } as Asked, all),
      (error) => error instanceof CommandFailed && /is internal to/.test(error.message),
      what,
    );
  assert.throws(() => inspectionOf("events").services({ inspection: "events", stream: "password/usr-1" }, all), /is internal to account/);
  assert.deepEqual(inspectionOf("at").services({ inspection: "at", what: "user/usr-1" }, all), ["account"]);
  assert.deepEqual(withoutSecrets({ passwordHash: "$scrypt", secret_hash: "x", email: "a" }), {
    passwordHash: "(hash)",
    secret_hash: "(hash)",
    email: "a",
  });
});
