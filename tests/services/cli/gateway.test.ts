import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api } from "../../../services/api/service.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes, type Poison, READ_MODEL } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix as run } from "./terminal.ts";

const poison: Poison = new Set(["category/b@2"]);
let world: World;
let gateway: { readonly [name: string]: string };
before(async () => {
  world = await served([api, { ...catalog(poison).service, http: [] }]);
  await world.know("user/usr-admin", { kind: "user", roleIds: ["global_admin"] });
  await world.know("user/usr-isv", { kind: "user", roleIds: ["isv"] });
  await world.of("catalog").ports.log.publish(["a", "b"].flatMap((key) => changes(key, 1, 3)));
  const subscriptions = () => [...world.of("catalog").instance.subscriptions().values()];
  await eventually("one stream is parked by both", () => subscriptions().reduce((sum, { parked }) => sum + parked.size, 0) === 2);
  await eventually("all is published", () => [...world.databases.values()].every(({ due }) => due.publish.length === 0));
  // Neither the services nor Kafka can be asked.
  gateway = {
    PITRIX_URL: world.of("api").url,
    PITRIX_TOKEN: await world.token("usr-admin"),
    PITRIX_SERVICES: "catalog=http://127.0.0.1:1",
    PITRIX_SEALING_KEYS: "",
  };
});
after(() => world.stop());

const pitrix = (...args: readonly string[]) => run(world, args, gateway);
const json = async (args: readonly string[], environment: typeof gateway = gateway) => {
  const { text, code } = await run(world, [...args, "--json"], environment);
  return { ...JSON.parse(text.trim().split("\n").at(-1) ?? ""), code };
};
const refused = (args: readonly string[], environment: typeof gateway, code: number, sentence: RegExp) =>
  assert.rejects(run(world, args, environment), (error) => {
    assert.ok(error instanceof CommandFailed, String(error));
    assert.match(error.message, sentence);
    assert.equal(error.code, code);
    return true;
  });
const services = () => ({
  PITRIX_SERVICES: world
    .instances()
    .map(({ name, operationsUrl }) => `${name}=${operationsUrl}`)
    .join(","),
});
/** What moves by itself between two looks. */
const still = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, each) =>
      ["behindSeconds", "oldestSeconds", "until", "since", "unknownSchema", "instance", "holder", "url"].includes(name) ? undefined : each,
    ),
  );

test("the command tells of the gateway what the services themselves tell", async () => {
  for (const args of [
    ...[["status"], ["lag", "catalog"], ["parked", "list"], ["parked", "list", "--older-than", "1h"], ["parked", "reasons"]],
    ...[
      ["replay", "status"],
      ["replay", "status", "catalog"],
      ["replay", "plan", "catalog/names", "--rate", "500", "--since", "2020-01-01"],
    ],
    ...[
      ["parked", "redrive", "--all", "--dry-run"],
      ["replay", "plan", "catalog/names", "--rate", "auto", "--may-differ", "names"],
    ],
  ])
    assert.deepEqual(still(await json(args)), still(await json(args, services())), args.join(" "));
  const { events } = await json(["parked", "show", "catalog", "category/b", "--subscription", READ_MODEL]);
  assert.deepEqual(
    events.map(({ eventId, event }: { eventId: string; event: { name: string } }) => [eventId, event.name]),
    [
      ["category/b@2", "2"],
      ["category/b@3", "3"],
    ],
  );
  const { text } = await pitrix("status");
  assert.match(text, /^catalog +relay +catalog-/m, "who does what one does alone");
});

test("a read model is filled, compared and promoted through the gateway, and what is parked is tried again or given up", async () => {
  const filled = await json(["replay", "run", "catalog/names", "--yes", "--rate", "100000"]);
  assert.deepEqual([filled.code, filled.differences, filled.against], [0, 0, READ_MODEL]);
  const promoted = await json(["replay", "promote", "catalog/names", "--yes"]);
  assert.equal(promoted.active, filled.collection);
  await refused(["replay", "run", "catalog/other", "--yes"], gateway, 66, /catalog has no read model other/);

  await pitrix("parked", "discard", "catalog", filled.collection, "category/b@2", "--reason", "never was", "--yes");
  assert.equal((await json(["parked", "list", "--subscription", filled.collection])).streams.length, 0);
  poison.clear();
  const redriven = await json(["parked", "redrive", "--all", "--yes"]);
  assert.equal(redriven.code, 0);
  assert.deepEqual(new Set(redriven.streams.map(({ state }: { state: string }) => state)), new Set(["done"]));
});

test("audits, looks back, maps and causes are asked of the gateway", async () => {
  const audit = await json(["audit"]);
  assert.deepEqual(
    [audit.findings, audit.read_models.findings.filter(({ model }: { model: string }) => model === "names").length],
    [[], 1],
    "what was given up is missing",
  );
  const at = await json(["at", "category/a@2", "catalog/names/a"]);
  assert.deepEqual([at.event_id, at.state], ["category/a@2", { names: ["1", "2"] }]);
  const never = await pitrix("at", "now", "group/none");
  assert.deepEqual([never.text.trim(), never.code], ["group/none  did not exist yet.", 66]);
  const map = await pitrix("map", "--live", "--all");
  assert.match(map.text, /CategoryModified +catalog +reaction/);
  assert.match((await pitrix("topics")).text, /^pitrix\.group +catalog +platform/m);
  assert.match((await pitrix("why", "request-1")).text, /GroupModified/);
  const events = await pitrix("events", "--type", "GroupModified", "--last", "2");
  assert.match(events.text, /^\S+ {2}GroupModified {2}group\/[ab]@\d {2}\{.*\}.*\n\S+ {2}GroupModified {2}.*\n$/);
  assert.equal((await pitrix("events", "--stream", "group/a")).text.trim().split("\n").length, 3);
  await refused(["why", "nobody-knows"], gateway, 66, /no service knows a request/);
});

test("the gateway is asked only with a token of an administrator; --direct goes past it", async () => {
  await refused(["status"], { ...gateway, PITRIX_TOKEN: "" }, 78, /set PITRIX_TOKEN .* or use --direct/);
  await refused(["status"], { ...gateway, PITRIX_URL: "ftp://x" }, 78, /PITRIX_URL is wrong/);
  await refused(["status"], { ...gateway, PITRIX_TOKEN: await world.token("usr-isv") }, 77, /permission denied/);
  await refused(["status"], { ...gateway, PITRIX_URL: "http://127.0.0.1:1" }, 69, /the gateway at .* does not answer/);
  const { services: asked } = await json(["--direct", "services"], {
    ...gateway,
    ...services(),
    PITRIX_TOKEN: "",
    PITRIX_SEALING_KEYS: world.of("api").settings.PITRIX_SEALING_KEYS ?? "",
  });
  assert.equal(asked.length, 2);
  await refused(["events", "show", "group/a@1"], gateway, 78, /this reads Kafka itself: set KAFKA_BROKERS/);
  await refused(["events", "--follow"], gateway, 64, /the gateway lists events by --type/);
});
