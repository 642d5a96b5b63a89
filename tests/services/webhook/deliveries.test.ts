import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { cluster } from "../../../services/cluster/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { webhook } from "../../../services/webhook/service.ts";
import { eventually } from "../../eventually.ts";
import type { Member } from "../../world/process.ts";
import { type Caller, ok } from "../../world/requests.ts";
import { requestCluster, runtimeCommands } from "../../world/toys/clusters.ts";
import { served, type World } from "../../world/world.ts";
import { type Received, receiver } from "./receiver.ts";

const owner = { owner: "usr-dev", ownerPath: ":grp-1:usr-dev" };
const usr = { userId: owner.owner, ownerPath: owner.ownerPath };
let world: World;
let hook: Awaited<ReturnType<typeof receiver>>;
let hanging: Awaited<ReturnType<typeof receiver>>;
let member: Member;
let dev: Caller;
before(async () => {
  [hook, hanging] = [await receiver(), await receiver()];
  member = { service: webhook, environment: { PITRIX_WEBHOOK_PRIVATE_NETWORKS: `${hook.host},${hanging.host}` } };
  world = await served([member, runtime, cluster]);
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-other", { kind: "user", roleIds: ["developer"], groupPath: ":grp-2" });
  for (const command of runtimeCommands(owner)) await world.send("runtime", command, usr);
  dev = await world.as("usr-dev");
});
after(async () => {
  await world.stop();
  await hook.stop();
  await hanging.stop();
});
beforeEach(() => {
  hook.received.length = 0;
  hook.answers((_, response) => void response.end());
});

let clusters = 0;
/** Lets somebody have a cluster, and gives its stream. */
const newCluster = async (of = owner): Promise<string> => {
  const clusterId = `cl-w${++clusters}`;
  const { rejection } = await world.send("cluster", { ...requestCluster(of), clusterId }, { userId: of.owner, ownerPath: of.ownerPath });
  assert.equal(rejection, null);
  return `cluster/${clusterId}`;
};
const gets = (id: string) => eventually(`${id} is received, not only ${hook.ids()}`, () => hook.ids().includes(id));
/** A webhook that is deleted after the test. */
const newWebhook = async (t: { readonly after: (_: () => unknown) => void }, fields: object = {}) => {
  const made = await ok(dev.call("CreateWebhook", { url: hook.url, ...fields }));
  t.after(() => dev.call("DeleteWebhooks", { webhook_id: [made.webhook_id] }));
  return made as { readonly webhook_id: string; readonly secret: string };
};
const deliveries = async (webhook_id: string) => (await ok(dev.call("GetWebhookDeliveries", { webhook_id }))).delivery_set ?? [];
const headersOf = ({ headers }: Received) => headers as Record<string, string>;

test("events of one's resources are sent, signed as Standard Webhooks has it, and those of others are not", async (t) => {
  const { secret } = await newWebhook(t, { event_type: ["ClusterRequested"] });
  const theirs = await newCluster({ owner: "usr-other", ownerPath: ":grp-2:usr-other" });
  const mine = await newCluster();
  await gets(`${mine}@1`);
  const [message] = hook.received;
  assert.ok(message);
  const event = new Webhook(secret).verify(message.body, headersOf(message)) as Record<string, unknown>;
  assert.deepEqual([event.type, event.subject, event.specversion], ["pitrix.cluster.ClusterRequested", mine, "1.0"]);
  assert.equal(message.headers["content-type"], "application/cloudevents+json");
  assert.throws(() => new Webhook(secret).verify(message.body.replace("usr-dev", "usr-bad"), headersOf(message)));
  assert.ok(
    hook.received.every(({ body }) => !body.includes(`"${theirs}"`) && JSON.parse(body).type === "pitrix.cluster.ClusterRequested"),
  );
});

test("what happened before the webhook was made is not sent", async (t) => {
  const before = await newCluster();
  await newWebhook(t, { event_type: ["ClusterRequested"] });
  const next = await newCluster();
  await gets(`${next}@1`);
  assert.ok(!hook.ids().includes(`${before}@1`));
});

test("a secret is shown once; after its rotation both sign", async (t) => {
  const { webhook_id, secret } = await newWebhook(t);
  const rotated = await ok(dev.call("RotateWebhookSecret", { webhook_id }));
  assert.notEqual(rotated.secret, secret);
  const answer = await dev.call("DescribeWebhooks", { webhook_id });
  assert.equal(answer.body.webhook_set.length, 1);
  assert.ok(![secret, rotated.secret, "sealed", '"secret"', '"former_secret"'].some((text) => JSON.stringify(answer.body).includes(text)));
  const tested = await ok(dev.call("TestWebhook", { webhook_id }));
  assert.deepEqual(tested, { delivered: true, response_status: 200 });
  const [message] = hook.received;
  assert.ok(message);
  for (const each of [secret, rotated.secret]) new Webhook(each).verify(message.body, headersOf(message));
  assert.ok(!JSON.stringify(world.lines).includes(secret));
});

test("after a failure the later events of the stream wait, other streams go on, and then all come in their order", async (t) => {
  const { webhook_id } = await newWebhook(t);
  const bad = await newCluster();
  let isDown = true;
  hook.answers(({ body }, response) => {
    response.statusCode = isDown && JSON.parse(body).subject === bad ? 500 : 200;
    response.end();
  });
  const good = await newCluster();
  await gets(`${good}@1`);
  const waiting = await eventually("one has failed", async () =>
    (await deliveries(webhook_id)).find(({ status }: { status: string }) => status === "waiting"),
  );
  assert.equal(waiting.event_id, `${bad}@1`);
  await world
    .send("cluster", { type: "ModifyClusterAttributes", clusterId: bad.split("/")[1], name: "new", description: undefined }, usr)
    .catch(() => {});
  isDown = false;
  world.time.pass(60_000);
  await eventually("nothing waits", async () =>
    (await deliveries(webhook_id)).every(({ status }: { status: string }) => status !== "waiting"),
  );
  const sent = hook.ids().filter((id) => id.startsWith(`${bad}@`));
  assert.deepEqual(
    sent.map((id) => Number(id.split("@")[1])).toSorted((a, b) => a - b),
    sent.map((id) => Number(id.split("@")[1])),
  );
  const attempts = (await deliveries(webhook_id)).filter(({ event_id }: { event_id: string }) => event_id === `${bad}@1`);
  assert.deepEqual(
    attempts.map(({ status, response_status }: Record<string, unknown>) => [status, response_status]),
    [
      ["delivered", 200],
      ["failed", 500],
    ],
  );
});

test("what fails for a day is parked, and redriven in order", async (t) => {
  const { webhook_id } = await newWebhook(t, { event_type: ["ClusterRequested"] });
  let isDown = true;
  hook.answers((_, response) => {
    response.statusCode = isDown ? 500 : 200;
    response.end();
  });
  const bad = await newCluster();
  await gets(`${bad}@1`);
  const statusOf = async () => (await deliveries(webhook_id))[0]?.status;
  await eventually("it is parked", async () => {
    world.time.pass(3 * 3_600_000);
    dev = await world.as("usr-dev");
    return (await statusOf()) === "parked";
  });
  const before = hook.received.length;
  world.time.pass(3 * 3_600_000);
  dev = await world.as("usr-dev");
  isDown = false;
  const other = await newCluster();
  await gets(`${other}@1`);
  assert.ok(
    hook
      .ids()
      .slice(before)
      .every((id) => id === `${other}@1`),
  );
  assert.deepEqual(await ok(dev.call("RedriveWebhook", { webhook_id })), { webhook_id, redriven: 1 });
  await eventually("it is sent", () => hook.ids().slice(before).includes(`${bad}@1`));
  await eventually("nothing is left", async () => (await statusOf()) === "delivered");
});

test("a hook that hangs holds up nobody else's, and is let go when it is deleted", async (t) => {
  const { webhook_id } = await newWebhook(t, { url: hanging.url });
  await newWebhook(t);
  hanging.answers(() => {});
  const next = await newCluster();
  await eventually("it hangs", () => hanging.received.length > 0);
  const another = await newCluster();
  await gets(`${next}@1`);
  await gets(`${another}@1`);
  assert.equal(hanging.received.length, 1);
  await ok(dev.call("DeleteWebhooks", { webhook_id: [webhook_id] }));
  await newWebhook(t, { url: hook.url.replace("/hook", "/new") });
  const last = await newCluster();
  await eventually(
    "a new one is served",
    () => hook.received.some(({ path, body }) => path === "/new" && JSON.parse(body).id === `${last}@1`),
    5_000,
  );
});

test("of a deleted webhook nothing is kept: no message that waits, and no attempt", async (t) => {
  const { webhook_id } = await newWebhook(t, { event_type: ["ClusterRequested"] });
  hook.answers((_, response) => void response.writeHead(500).end());
  await newCluster();
  await eventually("one waits", async () => (await deliveries(webhook_id)).some(({ status }: { status: string }) => status === "waiting"));
  const { documents } = world.of("webhook").ports;
  const kept = async () => {
    const { total } = await documents.find("webhookQueue", {
      where: [{ field: "webhook_id", in: [webhook_id] }],
      ...{ offset: 0, limit: 10 },
    });
    return total + (await documents.get("webhookProgress", [webhook_id])).filter(({ deleted }) => !deleted).length;
  };
  assert.ok((await kept()) > 0);
  await ok(dev.call("DeleteWebhooks", { webhook_id: [webhook_id] }));
  await eventually("nothing is kept", async () => (await kept()) === 0);
});

test("private addresses and redirects are refused", async (t) => {
  const urls = [
    "http://127.0.0.1:1/",
    "http://localhost/",
    "http://[::1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://2130706433/",
    "http://0x7f.1/",
  ];
  for (const url of urls) {
    const { webhook_id } = await newWebhook(t, { url });
    const { delivered, reason } = await ok(dev.call("TestWebhook", { webhook_id }));
    assert.deepEqual([delivered, reason], [false, "it leads to a private address, which is not allowed"], url);
  }
  const { webhook_id } = await newWebhook(t);
  hook.answers((_, response) => void response.writeHead(302, { location: "http://169.254.169.254/" }).end());
  const redirected = await ok(dev.call("TestWebhook", { webhook_id }));
  assert.deepEqual(redirected, { delivered: false, response_status: 302, reason: "it answered 302: redirects are not followed" });
});

test("events since a time are sent again, and what happens while it is disabled is sent afterwards", async (t) => {
  const { webhook_id } = await newWebhook(t, { event_type: ["ClusterRequested"] });
  const first = await newCluster();
  await gets(`${first}@1`);
  await ok(dev.call("ModifyWebhook", { webhook_id, enabled: false }));
  await eventually("it is let go", () => true);
  const meanwhile = await newCluster();
  await ok(dev.call("ModifyWebhook", { webhook_id, enabled: true }));
  await gets(`${meanwhile}@1`);
  const before = hook.received.length;
  await ok(dev.call("ModifyWebhook", { webhook_id, replay_since: "2020-01-01T00:00:00Z" }));
  await eventually("all are sent again", () => [first, meanwhile].every((each) => hook.ids().slice(before).includes(`${each}@1`)));
});

test("another instance takes over where the first one was, and misses nothing", async (t) => {
  await newWebhook(t, { event_type: ["ClusterRequested"] });
  const first = await newCluster();
  await gets(`${first}@1`);
  await world.of("webhook").stop();
  const missed = await newCluster();
  await world.start(member, 2);
  await gets(`${missed}@1`);
});

test("bad addresses, others' webhooks and too many are refused", async () => {
  for (const url of ["nonsense", "ftp://example.org/", "https://user:password@example.org/", "https://example.org/#part"]) {
    const answer = await dev.call("CreateWebhook", { url });
    assert.deepEqual([answer.status, answer.error], [400, "illegal_parameter_format"], url);
  }
  const made = [];
  for (let each = 0; each < 20; each++) made.push((await ok(dev.call("CreateWebhook", { url: `https://example.org/${each}` }))).webhook_id);
  assert.equal((await dev.call("CreateWebhook", { url: "https://example.org/more" })).status, 400);
  const other = await world.as("usr-other");
  const [webhook_id] = made;
  assert.equal((await other.call("ModifyWebhook", { webhook_id, enabled: false })).status, 403);
  for (const operation of ["TestWebhook", "RedriveWebhook", "GetWebhookDeliveries"] as const)
    assert.equal((await other.call(operation, { webhook_id })).status, 404, operation);
  await ok(dev.call("DeleteWebhooks", { webhook_id: made }));
});
