import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { isSealed } from "../../../events/sealed.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { api } from "../../../services/api/service.ts";
import { app } from "../../../services/app/service.ts";
import { access } from "../../../services/chassis/access/access.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { markerOf } from "../../../services/packages/secret-markers.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { eventually } from "../../eventually.ts";
import { sealedText } from "../../sealed.ts";
import { openStream } from "../../world/event-stream.ts";
import { answered, ask } from "../../world/requests.ts";
import { bookinfo, requestCluster, runtimeCommands } from "../../world/toys/clusters.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";

const owner = { owner: "usr-dev", ownerPath: ":grp-1:usr-dev" };
const usr = { userId: owner.owner, ownerPath: owner.ownerPath };
let world: World;
before(async () => {
  world = await served([api, app, runtime, cluster, provider()]);
  const people = { "usr-dev": ["developer", ":grp-1"], "usr-isv": ["isv", ":grp-1"], "usr-other": ["developer", ":grp-2"] };
  for (const [id, [role = "", groupPath = ""]] of Object.entries(people))
    await world.know(`user/${id}`, { kind: "user", roleIds: [role], groupPath });
  for (const command of runtimeCommands(owner)) await world.send("runtime", command, usr);
});
after(() => world.stop());

/** What becomes of a user, as all services hear it. */
const become = async (id: string, change: object) => {
  for (const { database } of world.instances()) {
    const documents = memoryDocuments(database, kind);
    const collection = collections([access]).of(access.name);
    const [found] = await documents.get(collection, [`user/${id}`]);
    assert.ok(found);
    const document = { ...found, version: found.version + 1, value: { ...found.value, ...change } };
    assert.ok(await documents.write(collection, [{ document, expected: found.version }]));
  }
};
const stream = async (userId: string, query: Record<string, string> | string = {}, headers = {}, seconds?: number) => {
  const authorization = `Bearer ${await world.token(userId, seconds)}`;
  const opened = await openStream(`${world.of("api").url}/v1/events?${new URLSearchParams(query)}`, { authorization, ...headers });
  if (opened.response.status === 200) answered.add("StreamEvents");
  return opened;
};
let clusters = 0;
/** Lets somebody have a cluster, and gives its stream. */
const newCluster = async (of = owner, more: object = {}): Promise<string> => {
  const clusterId = `cl-${++clusters}`;
  const because = { row: "CreateCluster", correlationId: `r-${clusters}`, actionId: `j-${clusters}` };
  const { rejection } = await world.send(
    "cluster",
    { ...requestCluster(of), clusterId, jobId: `j-${clusters}`, ...more },
    { userId: of.owner, ownerPath: of.ownerPath },
    because,
  );
  assert.equal(rejection, null);
  return `cluster/${clusterId}`;
};

test("what happens to one's resources is streamed as CloudEvents, without secrets", async () => {
  const mine = await stream("usr-dev");
  assert.equal(mine.response.status, 200);
  assert.match(mine.response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const secret = sealedText("the password");
  const version = bookinfo();
  const subject = await newCluster(owner, {
    version,
    configuration: JSON.stringify({ cluster: { password: markerOf("cluster.password") } }),
    secrets: [{ path: "cluster.password", sealed: secret }],
  });
  await mine.shows(`${subject}@1`);
  const { data } = mine.messages.find((each) => each.data?.id === `${subject}@1`) ?? assert.fail();
  assert.ok(
    mine.messages.some((each) => each.id && each.data),
    "of messages that are sent at once, the last one has an id",
  );
  const { data: fields, ...attributes } = data;
  const { time, ...rest } = attributes;
  assert.ok(Date.parse(time) > 0);
  assert.deepEqual(rest, {
    ...{ specversion: "1.0", id: `${subject}@1`, source: "/pitrix/cluster", type: "pitrix.cluster.ClusterRequested", subject },
    ...{ datacontenttype: "application/json", sequence: "000000000001", correlationid: `r-${clusters}`, actionid: `j-${clusters}` },
    ...{ actor: "usr-dev", dataschema: rest.dataschema },
  });
  assert.match(rest.dataschema, /\/schemas\/ids\/\d+$/);
  assert.deepEqual(
    [fields.clusterId, fields.owner, fields.deployment.secrets],
    [subject.split("/")[1], "usr-dev", [{ path: "cluster.password" }]],
  );
  assert.ok(isSealed(secret) && !JSON.stringify(mine.messages).includes(secret));
  await mine.leave();
});

test("the events of others never appear; a group's are for who is in it, and no longer for who has left it", async () => {
  const [mine, head, other, all] = await Promise.all(["usr-dev", "usr-isv", "usr-other", "system"].map((id) => stream(id)));
  assert.ok(mine && head && other && all);
  const first = await newCluster();
  const theirs = await newCluster({ owner: "usr-other", ownerPath: ":grp-2:usr-other" });
  await Promise.all([
    mine.shows(`${first}@1`),
    head.shows(`${first}@1`),
    other.shows(`${theirs}@1`),
    all.shows(`${first}@1`),
    all.shows(`${theirs}@1`),
  ]);
  await become("usr-isv", { groupIds: ["grp-2"], groupPath: ":grp-2" });
  await eventually("the rights are looked up again", async () => {
    const next = await newCluster();
    const seen = await newCluster({ owner: "usr-other", ownerPath: ":grp-2:usr-other" });
    await Promise.all([mine.shows(`${next}@1`), other.shows(`${seen}@1`)]);
    return head.ids().includes(`${seen}@1`);
  });
  const last = await newCluster();
  const seen = await newCluster({ owner: "usr-other", ownerPath: ":grp-2:usr-other" });
  await Promise.all([mine.shows(`${last}@1`), other.shows(`${seen}@1`), head.shows(`${seen}@1`)]);
  assert.ok(!head.ids().includes(`${last}@1`));
  assert.ok(mine.ids().every((id) => ![theirs, seen].some((each) => id.startsWith(`${each}@`))));
  assert.ok(other.ids().every((id) => ![first, last].some((each) => id.startsWith(`${each}@`))));
  await become("usr-isv", { groupIds: ["grp-1"], groupPath: ":grp-1" });
  for (const each of [mine, head, other, all]) await each.leave();
});

test("who comes back with the last id misses nothing, also at a new gateway", async () => {
  const before = await stream("usr-dev");
  const seen = await newCluster();
  await before.shows(`${seen}@1`);
  const id = await before.leave();
  const missed = [await newCluster(), await newCluster()];
  const again = await stream("usr-dev", {}, { "last-event-id": id });
  for (const each of missed) await again.shows(`${each}@1`);
  const later = await again.leave();
  await world.of("api").stop();
  const more = await newCluster();
  await world.start({ service: api }, 2);
  const third = await eventually("a gateway is there", () => stream("usr-dev", {}, { "last-event-id": later }).catch(() => undefined));
  await third.shows(`${more}@1`);
  await third.leave();
});

test("filters name types, streams, requests and jobs; since begins earlier", async () => {
  const first = await newCluster();
  const number = clusters;
  const streams = await Promise.all(
    [{ type: "RuntimeReserved" }, { subject: first }, { correlation: `r-${number}` }, { job: `j-${number}`, type: "ClusterActivated" }].map(
      (query) => stream("usr-dev", { ...query, since: "2020-01-01T00:00:00Z" } as Record<string, string>),
    ),
  );
  await newCluster();
  await streams[1]?.shows(`${first}@1`);
  await streams[2]?.shows(`${first}@1`);
  const activated = await eventually("the job has ended", () => streams[3]?.messages.find(({ data }) => data));
  assert.deepEqual([activated.data.type, activated.data.subject], ["pitrix.cluster.ClusterActivated", first]);
  await eventually("runtimes are reserved", () => streams[0]?.ids().length);
  assert.ok(streams[0]?.messages.every(({ data }) => !data || data.type === "pitrix.runtime.RuntimeReserved"));
  assert.ok(streams[1]?.ids().every((id) => id.startsWith(`${first}@`)));
  assert.ok(streams[2]?.messages.every(({ data }) => !data || data.correlationid === `r-${number}`));
  for (const each of streams) await each.leave();
});

test("what was deleted has its owner still, and what is nobody's is for administrators", async () => {
  const fields = { categoryId: "ctg-1", name: "one", locale: "{}", description: "", icon: "", ...owner };
  await world.send("app", { type: "CreateCategory", ...fields }, usr);
  await world.send("app", { type: "DeleteCategory", categoryId: "ctg-1" }, usr);
  const since = { since: "2020-01-01T00:00:00Z", subject: "category/ctg-1" };
  const [mine, other] = await Promise.all([stream("usr-dev", since), stream("usr-other", since)]);
  await mine.shows("category/ctg-1@2");
  await mine.leave();
  await other.leave();
  assert.deepEqual([mine.ids(), other.ids()], [["category/ctg-1@1", "category/ctg-1@2"], []]);
});

test("only public aggregates are streamed", async () => {
  const all = await stream("system", { since: "2020-01-01T00:00:00Z" });
  const last = await newCluster();
  await all.shows(`${last}@1`);
  const aggregates = await eventually("all are shown", () => {
    const shown = new Set(all.messages.flatMap(({ data }) => (data ? [data.subject.split("/")[0]] : [])));
    return shown.has("runtime") && shown.has("cluster") && shown.has("category") && shown;
  });
  for (const kept of ["runtimeCredential", "user", "session", "client"]) assert.ok(!aggregates.has(kept), kept);
  await all.leave();
});

test("a stream ends with its token, and says so; what comes then is not shown", async () => {
  const short = await stream("usr-dev", {}, {}, 600);
  const long = await stream("usr-dev", {}, {}, 6_000);
  world.time.pass(700_000);
  const last = await newCluster();
  await long.shows(`${last}@1`);
  assert.equal(await short.reading, "ended");
  const { event, data } = short.messages.at(-1) ?? assert.fail();
  assert.deepEqual([event, data.details[0].error_name], ["problem", "access_token_expired"]);
  assert.ok(!short.ids().includes(`${last}@1`));
  await become("usr-dev", { generation: 1 });
  world.time.pass(2_000);
  await newCluster();
  assert.equal(await long.reading, "ended");
  assert.equal(long.messages.at(-1)?.data.details[0].error_name, "auth_failure");
  await become("usr-dev", { generation: 0 });
  world.time.pass(2_000);
});

test("a bad id, a bad filter and a stranger are refused", async () => {
  const dev = await world.as("usr-dev");
  for (const id of ["nonsense", "0", "A".repeat(4_000)]) {
    const answer = await dev.get("/v1/events", { "last-event-id": id });
    assert.deepEqual([answer.status, answer.error], [400, "illegal_parameter_format"]);
  }
  assert.equal((await dev.get("/v1/events?since=yesterday")).status, 400);
  assert.equal((await dev.get(`/v1/events?type=${"x".repeat(200)}`)).status, 400);
  assert.equal((await world.stranger().get("/v1/events")).status, 401);
  assert.equal((await ask(`${world.of("cluster").url}/internal/events`, { method: "POST" })).status, 401);
});

test("a user has a bounded number of streams", async () => {
  const open = await Promise.all(Array.from({ length: 100 }, () => stream("usr-other")));
  assert.ok(open.every(({ response }) => response.status === 200));
  const more = await stream("usr-other");
  assert.equal(more.response.status, 429);
  const another = await stream("usr-dev");
  assert.equal(another.response.status, 200);
  for (const each of [...open, more, another]) await each.leave();
  await eventually("places are free again", async () => {
    const again = await stream("usr-other");
    await again.leave();
    return again.response.status === 200;
  });
});
