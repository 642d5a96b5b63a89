import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSealed, type Sealed } from "../../../events/index.ts";
import { KeyGone } from "../../../services/chassis/access/sealing.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { eventually } from "../../eventually.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";
import { served, type World } from "../../world/world.ts";

let world: World;
let mine: Caller;
let other: Caller;
before(async () => {
  world = await served(runtime);
  for (const [provider, zones, required] of [
    ["local", ["local"], ["token"]],
    ["aws", [], ["access_key_id", "secret_access_key"]],
  ] as const) {
    const schema = { contentMediaType: "application/json", type: "object", required, additionalProperties: { type: "string" } };
    await world.put("providers", provider, announced(provider, { zones, credential_schema: JSON.stringify(schema) }));
  }
  for (const id of ["usr-mine", "usr-other"]) await world.know(`user/${id}`, { kind: "user", roleIds: ["user"] });
  mine = await world.as("usr-mine");
  other = await world.as("usr-other");
});
after(() => world.stop());

const content = '{"token":"t"}';
const credential = async (more: object = {}, of = mine): Promise<string> =>
  (await ok(of.call("CreateRuntimeCredential", { name: "key", provider: "local", runtime_credential_content: content, ...more })))
    .runtime_credential_id;
const cloudCredential = () => credential({ provider: "aws", runtime_credential_content: '{"access_key_id":"a","secret_access_key":"s"}' });
const local = (runtime_credential_id: string, more: object = {}) => ({
  ...{ name: "here", provider: "local", zone: "local", runtime_credential_id, ...more },
});

test("a credential is kept sealed, is never shown, and is its owner's alone", async () => {
  const id = await credential();
  const { runtime_credential_set: found, total_count } = await ok(mine.call("DescribeRuntimeCredentials", { runtime_credential_id: id }));
  assert.equal(total_count, 1);
  assert.deepEqual([found[0].name, found[0].provider, found[0].owner, found[0].status], ["key", "local", "usr-mine", "active"]);
  assert.doesNotMatch(JSON.stringify(found), /token/);
  const commits = await world.of().ports.store.read(`runtimeCredential/${id}`, 0);
  assert.equal(commits.length, 1);
  assert.doesNotMatch(Buffer.from(commits[0]?.events[0]?.bytes ?? []).toString("latin1"), /"t"/);
  assert.equal((await ok(other.call("DescribeRuntimeCredentials", { runtime_credential_id: id }))).total_count, undefined);
  await refused(other.call("ModifyRuntimeCredential", { runtime_credential_id: id, name: "x" }), 403, "error_resource_access_denied");
  await refused(other.call("DeleteRuntimeCredentials", { runtime_credential_id: [id] }), 403, "error_resource_access_denied");
  await refused(other.call("CreateRuntime", local(id)), 403, "error_resource_access_denied");
});

test("a credential is changed, and its content only if one is given", async () => {
  const id = await credential();
  const contents = async () => {
    const { state } = await world.of().instance.state("runtimeCredential", `runtimeCredential/${id}`);
    return Reflect.get(Object(state), "sealedContent");
  };
  const before = await contents();
  await ok(mine.call("ModifyRuntimeCredential", { runtime_credential_id: id, name: "renamed", description: "new" }));
  const [shown] = (await ok(mine.call("DescribeRuntimeCredentials", { runtime_credential_id: id }))).runtime_credential_set;
  assert.deepEqual([shown.name, shown.description], ["renamed", "new"]);
  assert.equal(await contents(), before);
  await ok(mine.call("ModifyRuntimeCredential", { runtime_credential_id: id, runtime_credential_content: '{"token":"u"}' }));
  assert.notEqual(await contents(), before);
  await refused(mine.call("ModifyRuntimeCredential", { runtime_credential_id: "runtimec-none", name: "x" }), 404, "resource_not_found");
});

test("a credential that a runtime uses is not deleted, and one that is deleted makes no runtime", async () => {
  const id = await credential();
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(id)));
  const changes = async () => (await world.of().ports.store.read(`runtimeCredential/${id}`, 0)).length;
  const remove = () => mine.call("DeleteRuntimeCredentials", { runtime_credential_id: [id] });
  await eventually("the credential is in use", async () => (await changes()) === 2);
  assert.match(await refused(remove(), 403, "delete_resources_failed"), new RegExp(`is used by ${runtime_id}`));
  await ok(mine.call("DeleteRuntimes", { runtime_id: [runtime_id] }));
  await eventually("it is free again", async () => (await changes()) === 3);
  await ok(remove());
  assert.match(await refused(mine.call("CreateRuntime", local(id)), 400, "validate_failed"), /is deleted/);
});

test("the form of a credential is checked as its provider announced it, also when it is made and changed", async () => {
  const good = async (provider: string | undefined, runtime_credential_content: string) =>
    (await ok(mine.call("ValidateRuntimeCredential", { provider, runtime_credential_content }))).ok;
  assert.equal(await good("local", content), true);
  assert.equal(await good("local", "{}"), false);
  assert.equal(await good("local", "no JSON"), false);
  assert.equal(await good("aws", '{"access_key_id":"a","secret_access_key":"s"}'), true);
  assert.equal(await good("aws", '{"access_key_id":"a"}'), false);
  assert.equal(await good("qingcloud", content), false);
  assert.equal(await good(undefined, "anything"), true);
  const id = await credential();
  const wrong = (content: string) => [
    mine.call("CreateRuntimeCredential", { name: "key", provider: "local", runtime_credential_content: content }),
    mine.call("ModifyRuntimeCredential", { runtime_credential_id: id, runtime_credential_content: content }),
  ];
  for (const [content, why] of [
    ["{}", /required property 'token'/],
    ["no JSON", /it is not JSON/],
    ['{"token":7}', /token must be string/],
  ] as const)
    for (const answer of wrong(content)) assert.match(await refused(answer, 400, "validate_failed"), why);
});

test("a content in YAML is read where its provider takes it, and what it forbids is named without its value", async () => {
  const schema = { type: "object", properties: { user: { properties: { exec: false } } } };
  await world.put("providers", "kubernetes", announced("kubernetes", { credential_schema: JSON.stringify(schema) }));
  const create = (runtime_credential_content: string) =>
    mine.call("CreateRuntimeCredential", { name: "key", provider: "kubernetes", runtime_credential_content });
  await ok(create("user:\n  name: me\n"));
  const said = await refused(create("user:\n  exec: hidden\n"), 400, "validate_failed");
  assert.equal(said, "provider [kubernetes] does not take this credential: user.exec is not allowed");
  assert.match(await refused(create("{user"), 400, "validate_failed"), /it is not YAML/);
});

test("nothing is made for a provider that has never announced itself", async () => {
  const key = { name: "key", provider: "qingcloud", runtime_credential_content: content };
  const unknown = /no provider \[qingcloud\] has ever announced itself to this platform: it has aws, (kubernetes, )?local/;
  assert.match(await refused(mine.call("CreateRuntimeCredential", key), 400, "validate_failed"), unknown);
  const id = await credential();
  assert.match(await refused(mine.call("CreateRuntime", local(id, { provider: "qingcloud" })), 400, "validate_failed"), unknown);
});

test("what a provider that has just started announces is waited for", async () => {
  const key = { name: "key", provider: "moon", runtime_credential_content: content };
  const leave = await world.announce({ service: "provider-moon", url: "http://127.0.0.1:1", instance: "moon-1", since: "" });
  for (const answer of [mine.call("CreateRuntimeCredential", key), mine.call("ValidateRuntimeCredential", key)]) {
    const { status, headers } = await answer;
    assert.deepEqual([status, headers.get("retry-after")], [503, "2"]);
  }
  await leave();
  assert.equal((await mine.call("CreateRuntimeCredential", key)).status, 400);
});

test("a runtime of a provider that does not run is made, and shown as unavailable until it runs", async () => {
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(await credential())));
  const status = async () => (await ok(mine.call("DescribeRuntimes", { runtime_id }))).runtime_set[0].provider_status;
  assert.equal(await status(), "unavailable");
  const leave = await world.announce({ service: "provider-local", url: "http://127.0.0.1:1", instance: "provider-1", since: "" });
  assert.equal(await status(), "available");
  await leave();
  assert.equal(await status(), "unavailable");
});

test("the zones of a credential are those of its provider", async () => {
  const zones = async (runtime_credential_id: string) => ok(mine.call("DescribeRuntimeProviderZones", { runtime_credential_id }));
  const id = await credential();
  assert.deepEqual(await zones(id), { runtime_credential_id: id, zone: ["local"] });
  const cloud = await cloudCredential();
  assert.equal(
    (await mine.call("DescribeRuntimeProviderZones", { runtime_credential_id: cloud })).status,
    503,
    "its provider does not run",
  );
  await refused(mine.call("DescribeRuntimeProviderZones", { runtime_credential_id: "runtimec-none" }), 404, "resource_not_found");
});

test("a runtime is created for an active credential of its provider, in a zone of it", async () => {
  const id = await credential();
  await refused(mine.call("CreateRuntime", local("runtimec-none")), 404, "resource_not_found");
  assert.match(await refused(mine.call("CreateRuntime", local(id, { provider: "aws" })), 400, "validate_failed"), /for provider local/);
  assert.match(await refused(mine.call("CreateRuntime", local(id, { zone: "moon" })), 400, "validate_failed"), /has no zone \[moon\]/);
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(id)));
  const { runtime_set: found } = await ok(mine.call("DescribeRuntimes", { runtime_id }));
  assert.deepEqual([found[0].name, found[0].zone, found[0].runtime_credential_id, found[0].status], ["here", "local", id, "active"]);
  assert.equal((await ok(other.call("DescribeRuntimes", { runtime_id }))).total_count, undefined);
  await refused(mine.call("CreateRuntime", local(id)), 403, "runtime_exists");
});

test("a client may choose the ids, unless no stream can have them", async () => {
  const chosen = await credential({ runtime_credential_id: "my-key" });
  assert.equal(chosen, "my-key");
  assert.deepEqual(await ok(mine.call("CreateRuntime", local(chosen, { runtime_id: "my-runtime" }))), { runtime_id: "my-runtime" });
  for (const bad of ["a/b", "a@1", "a b", "\u8fd0\u884c", "x".repeat(129)]) {
    const unusable = await refused(mine.call("CreateRuntime", local(chosen, { runtime_id: bad })), 400, "illegal_parameter_format");
    assert.equal(unusable, "illegal format of parameter [runtime_id]");
    const key = { name: "key", provider: "local", runtime_credential_content: content, runtime_credential_id: bad };
    await refused(mine.call("CreateRuntimeCredential", key), 400, "illegal_parameter_format");
  }
});

test("a runtime is changed and deleted by its owner only", async () => {
  const [id, next] = [await credential(), await credential()];
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(id)));
  await ok(mine.call("ModifyRuntime", { runtime_id, name: "renamed", runtime_credential_id: next }));
  const [shown] = (await ok(mine.call("DescribeRuntimes", { runtime_id }))).runtime_set;
  assert.deepEqual([shown.name, shown.runtime_credential_id], ["renamed", next]);
  await refused(mine.call("ModifyRuntime", { runtime_id, runtime_credential_id: "runtimec-none" }), 404, "resource_not_found");
  await refused(other.call("ModifyRuntime", { runtime_id, name: "x" }), 403, "error_resource_access_denied");
  await refused(other.call("DeleteRuntimes", { runtime_id: [runtime_id], force: true }), 403, "error_resource_access_denied");
  await refused(mine.call("DeleteRuntimes", { runtime_id: ["runtime-none"] }), 404, "resource_not_found");
  assert.deepEqual(await ok(mine.call("DeleteRuntimes", { runtime_id: [runtime_id] })), { runtime_id: [runtime_id] });
  assert.equal((await ok(mine.call("DescribeRuntimes", { runtime_id, status: "deleted" }))).total_count, 1);
});

test("a runtime takes no credential that is deleted, or of another provider, and shows no zones of one that is not the caller's", async () => {
  const [id, gone, aws, foreign] = [await credential(), await credential(), await cloudCredential(), await credential({}, other)];
  await ok(mine.call("DeleteRuntimeCredentials", { runtime_credential_id: [gone] }));
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(id)));
  const modify = (runtime_credential_id: string) => mine.call("ModifyRuntime", { runtime_id, runtime_credential_id });
  await ok(modify(""));
  assert.equal((await ok(mine.call("DescribeRuntimes", { runtime_id }))).runtime_set[0].runtime_credential_id, id);
  assert.match(await refused(modify(gone), 400, "validate_failed"), /is deleted/);
  assert.match(await refused(modify(aws), 400, "validate_failed"), /for provider aws/);
  await refused(modify(foreign), 403, "error_resource_access_denied");
  for (const runtime_credential_id of [gone, foreign])
    await refused(mine.call("DescribeRuntimeProviderZones", { runtime_credential_id }), 404, "resource_not_found");
});

test("an id that is somebody else's cannot be chosen; one's own gives what is there", async () => {
  const id = await credential({ runtime_credential_id: "chosen-key" });
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(id, { runtime_id: "chosen" })));
  assert.equal(await credential({ runtime_credential_id: "chosen-key" }), id);
  await ok(mine.call("CreateRuntime", local(id, { runtime_id })));
  const theirs = await credential({}, other);
  await refused(other.call("CreateRuntime", local(theirs, { runtime_id })), 403, "error_resource_access_denied");
  const key = { name: "key", provider: "local", runtime_credential_content: content, runtime_credential_id: id };
  await refused(other.call("CreateRuntimeCredential", key), 403, "error_resource_access_denied");
  await ok(mine.call("DeleteRuntimes", { runtime_id: [runtime_id] }));
  await refused(other.call("CreateRuntime", local(theirs, { runtime_id })), 403, "error_resource_access_denied");
});

test("waiting for a position of somebody else's stream tells nothing about it", async () => {
  const id = await credential();
  const isPending = async (who: Caller, position: string) => {
    const answers = await Promise.all(
      (["DescribeRuntimeCredentials", "GetRuntimeStatistics"] as const).map((operation) =>
        who.call(operation, {}, { "pitrix-wait-for": position }),
      ),
    );
    return answers.map(({ headers }) => headers.get("pitrix-pending"));
  };
  assert.deepEqual(await isPending(mine, `runtimeCredential/${id}@1`), [null, null]);
  assert.deepEqual(await isPending(other, `runtimeCredential/${id}@1`), ["true", "true"]);
  assert.deepEqual(await isPending(other, "runtimeCredential/runtimec-none@1"), ["true", "true"]);
  assert.deepEqual(await isPending(await world.as("system"), `runtimeCredential/${id}@1`), [null, null]);
});

test("a runtime that clusters use is deleted by force only", async () => {
  const { runtime_id } = await ok(mine.call("CreateRuntime", local(await credential())));
  await world.send("runtime", { type: "ReserveRuntime", runtimeId: runtime_id, clusterId: "cl-1", jobId: "j-1" });
  assert.match(await refused(mine.call("DeleteRuntimes", { runtime_id: [runtime_id] }), 403, "delete_resources_failed"), /used by cl-1/);
  await ok(mine.call("DeleteRuntimes", { runtime_id: [runtime_id], force: true }));
});

test("statistics count the active runtimes that the caller sees", async () => {
  await world.know("user/usr-counting", { kind: "user", roleIds: ["user"] });
  const counting = await world.as("usr-counting");
  const create_time = new Date().toISOString();
  assert.equal((await ok(counting.call("GetRuntimeStatistics"))).runtime_count ?? 0, 0);
  for (const [id, provider, status] of [
    ["runtime-a", "local", "active"],
    ["runtime-b", "aws", "active"],
    ["runtime-c", "aws", "active"],
    ["runtime-d", "aws", "deleted"],
  ] as const)
    await world.put("runtimes", id, { runtime_id: id, provider, status, owner: "usr-counting", create_time });
  const statistics = await ok(counting.call("GetRuntimeStatistics"));
  assert.deepEqual([statistics.runtime_count, statistics.provider_count, statistics.top_ten_providers], [3, 2, { aws: 2, local: 1 }]);
  assert.equal(statistics.last_two_week_created[create_time.slice(0, 10)], 3);
});

test("debugging runtimes and credentials are not listed", async () => {
  await world.put("runtimes", "runtime-debug", { runtime_id: "runtime-debug", debug: true, owner: "usr-mine" });
  await world.put("runtimeCredentials", "runtimec-debug", { runtime_credential_id: "runtimec-debug", debug: true, owner: "usr-mine" });
  assert.equal((await ok(mine.call("DescribeRuntimes", { runtime_id: "runtime-debug" }))).total_count, undefined);
  assert.equal((await ok(mine.call("DescribeRuntimeCredentials", { runtime_credential_id: "runtimec-debug" }))).total_count, undefined);
});

test("the key of a content is destroyed when another takes its place, and with the credential", async () => {
  const { sealing } = world.of().host.edge;
  const id = await credential();
  const location = { stream: `runtimeCredential/${id}`, field: "sealedContent" };
  const content = async () => {
    const { state } = await world.of().instance.state("runtimeCredential", location.stream);
    const sealed: unknown = Reflect.get(Object(state), "sealedContent");
    assert.ok(typeof sealed === "string" && isSealed(sealed));
    return sealed;
  };
  const gone = (sealed: Sealed) =>
    eventually("the key is destroyed", () =>
      sealing.open(sealed, location).then(
        () => false,
        (error) => error instanceof KeyGone,
      ),
    );
  const first = await content();
  await ok(mine.call("ModifyRuntimeCredential", { runtime_credential_id: id, name: "the same content" }));
  assert.equal(await sealing.open(first, location), '{"token":"t"}');
  await ok(mine.call("ModifyRuntimeCredential", { runtime_credential_id: id, runtime_credential_content: '{"token":"u"}' }));
  await gone(first);
  const second = await content();
  assert.equal(await sealing.open(second, location), '{"token":"u"}');
  await ok(mine.call("DeleteRuntimeCredentials", { runtime_credential_id: [id] }));
  await gone(second);
});
