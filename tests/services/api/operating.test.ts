import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { OperationId } from "../../../schemas/generated/http.ts";
import { api } from "../../../services/api/service.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes, type Poison, READ_MODEL } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";

const poison: Poison = new Set(["category/a@2", "category/b@1"]);
let world: World;
before(async () => {
  world = await served([api, { ...catalog(poison).service, http: [] }]);
  await world.know("user/usr-admin", { kind: "user", roleIds: ["global_admin"] });
  await world.know("user/usr-isv", { kind: "user", roleIds: ["isv"] });
  await world.of("catalog").ports.log.publish(["a", "b", "c"].flatMap((key) => changes(key, 1, 3)));
  const subscriptions = () => [...world.of("catalog").instance.subscriptions().values()];
  await eventually("two streams are parked by both", () => subscriptions().reduce((sum, { parked }) => sum + parked.size, 0) === 4);
});
after(() => world.stop());

const call = async (operation: OperationId, fields: object = {}, userId = "usr-admin") => (await world.as(userId)).call(operation, fields);
const selected = { service: "catalog", subscription: READ_MODEL };

test("an administrator sees over HTTP what is wrong, by service", async () => {
  const { status, body } = await call("DescribePlatform");
  assert.equal(status, 200);
  assert.ok(body.problem.includes(`catalog: 2 streams are parked in ${READ_MODEL}`));
  const { instance, subscription } = body.service.find(({ service }: { service: string }) => service === "catalog");
  assert.equal(instance[0].state, "ready");
  const names = subscription.find(({ name }: { name: string }) => name === READ_MODEL);
  assert.deepEqual([names.lag, names.parked], [0, 2]);
});

test("only administrators operate the platform", async () => {
  const fields = { ...selected, model: "names", action: "rebuild", stream: "category/a", event_id: "category/a@2", reason: "x", all: true };
  for (const operation of [
    ...(["DescribePlatform", "DescribeParkedStreams", "GetParkedEvents", "RedriveParkedStreams", "DiscardParkedEvent"] as const),
    ...(["DescribeReadModels", "PlanReadModel", "MoveReadModel"] as const),
  ]) {
    assert.equal((await call(operation, fields, "usr-isv")).status, 403, operation);
    assert.equal((await world.stranger().call(operation, fields)).status, 401, operation);
  }
  assert.equal((await world.of("catalog").ports.parking.asked(READ_MODEL)).length, 0);
});

test("parked streams are listed, tried again and given up in the name of who asks for it", async () => {
  const { body } = await call("DescribeParkedStreams", { ...selected, stream: "category/a" });
  const [found] = body.parked_stream_set;
  assert.deepEqual([body.total_count, found.service, found.event_id, found.events], [1, "catalog", "category/a@2", 2]);
  const waiting = await call("GetParkedEvents", { ...selected, stream: "category/a" });
  assert.equal(waiting.body.total_count, 2);
  assert.deepEqual(
    waiting.body.parked_event_set.map(({ event_id }: { event_id: string }) => event_id),
    ["category/a@2", "category/a@3"],
  );
  const nothing = await call("RedriveParkedStreams", {});
  assert.deepEqual(
    [nothing.status, nothing.body.message ?? nothing.body.error_details?.[0]?.cause],
    [400, "name the streams by a field, or say all"],
  );

  poison.delete("category/b@1");
  assert.equal((await call("RedriveParkedStreams", { ...selected, stream: "category/b" })).body.total_count, 1);
  await eventually(
    "it is done",
    async () => (await call("DescribeParkedStreams", { ...selected, stream: "category/b" })).body.total_count === undefined,
  );

  const given = { ...selected, stream: "category/a", event_id: "category/a@2", reason: "never was" };
  assert.equal((await call("DiscardParkedEvent", { ...given, event_id: "category/a@3" })).status, 404);
  assert.equal((await call("DiscardParkedEvent", given)).status, 200);
  await eventually("it is given up", async () => (await world.of("catalog").ports.parking.discarded(READ_MODEL)).includes("category/a@2"));
  assert.ok(world.complaints().some(({ msg, by }) => msg === "a parked event will be discarded" && by === "api:usr-admin"));
  assert.equal((await call("DescribeParkedStreams", { service: "nobody" })).status, 404);
});

test("a read model is filled anew, and its resource shows how far that is; then queries read it", async () => {
  const modelOf = async () =>
    (await call("DescribeReadModels", { service: "catalog" })).body.read_model_set.find(
      ({ model }: { model: string }) => model === "names",
    );
  const before = await modelOf();
  assert.deepEqual([before.active, before.collection.length], [READ_MODEL, 1]);
  const plan = await call("PlanReadModel", { service: "catalog", model: "names" });
  assert.deepEqual([plan.status, plan.body.topic[0].records], [200, 9]);
  const move = (action: string) => call("MoveReadModel", { service: "catalog", model: "names", action });
  const early = await move("promote");
  assert.equal(early.status, 400);
  const { status, body } = await move("rebuild");
  assert.deepEqual([status, body.read_model_set[0].collection.length], [200, 2]);
  const rebuilt = body.read_model_set[0].collection[1].collection;
  const other = async () => (await modelOf()).collection.find(({ collection }: { collection: string }) => collection === rebuilt);
  await eventually("the two are compared", async () => (await other()).differences === 0);
  assert.equal((await move("promote")).status, 200);
  await eventually("it is active", async () => (await modelOf()).active === rebuilt);
  assert.equal((await call("MoveReadModel", { service: "catalog", model: "other", action: "rebuild" })).status, 404);
});
