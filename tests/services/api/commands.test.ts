import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api } from "../../../services/api/service.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { eventually } from "../../eventually.ts";
import { gate } from "../../world/faults.ts";
import { ask } from "../../world/requests.ts";
import { requestCluster, runtimeCommands } from "../../world/toys/clusters.ts";
import { provider } from "../../world/toys/provider.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix as run } from "../cli/terminal.ts";

const clusterId = "cl-1";
const usr = { userId: "usr-dev", ownerPath: ":grp-1:usr-dev" };
const owner = { owner: usr.userId, ownerPath: usr.ownerPath };
let world: World;
/** The provider's tasks wait for it. */
const held = gate();

before(async () => {
  world = await served([api, runtime, cluster, provider(() => held.closed)]);
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-isv", { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
  await world.know("user/usr-other", { kind: "user", roleIds: ["developer"], groupPath: ":grp-2" });
  await world.know("user/usr-left", { kind: "user", roleIds: ["developer"], groupPath: "" });
  for (const command of runtimeCommands(owner)) await world.send("runtime", command, usr, { correlationId: "r-0" });
  const because = { row: "CreateCluster", correlationId: "r-1", actionId: "j-1" };
  await world.send("cluster", { ...requestCluster(owner), clusterId }, usr, because);
});
after(async () => {
  held.open();
  await world.stop();
});

const get = async (id: string, userId = "usr-dev") => (await world.as(userId)).call("GetCommand", { id });
type Event = { readonly type: string; readonly effect?: readonly Event[] };
const typesIn = ({ type, effect = [] }: Event): readonly string[] => [type, ...effect.flatMap(typesIn)];

/** Waits until nothing is left of a command but the deadlines of its actions. */
const isDone = (id: string) =>
  eventually("nothing is left but deadlines", async () => {
    const { pending = [] } = (await get(id)).body;
    return pending.every(({ kind }: { readonly kind: string }) => kind === "timer");
  });

const pitrix = async (...args: readonly string[]) => (await run(world, args)).text;

test("while a job runs its command shows what happened and what is due; when it is done, the whole tree", async () => {
  const due = ({ body }: Awaited<ReturnType<typeof get>>) =>
    body.pending?.some(({ kind, service: at }: Record<string, string>) => kind === "effect" && at === "provider-local");
  await eventually("the provider's effect is due", async () => due(await get("j-1")));
  const running = (await get("j-1")).body;
  assert.equal(running.finished, false);
  assert.deepEqual(running.unknown, ["account", "app", "repo", "webhook"]);
  const [first] = running.root;
  assert.deepEqual([first.type, first.because, first.row], ["ClusterRequested", "request", "CreateCluster"]);
  assert.match(
    await pitrix("command", "j-1"),
    /effect due +provider-local {2}localDeployment\/cl-1@1 {2}DeploymentStarted\n(timer set .*\n)*Not everything/,
  );

  held.open();
  await isDone("j-1");
  const { body } = await get("r-1");
  const types = body.root.flatMap(typesIn);
  for (const type of ["ClusterRequested", "RuntimeReserved", "ClusterDeploymentRequested", "DeploymentSucceeded", "ClusterActivated"])
    assert.equal(types.filter((each: string) => each === type).length, 1, type);
  assert.equal(body.event_count, types.length);
  assert.deepEqual(body.service, ["cluster", "runtime", "provider-local"]);
  const text = await pitrix("command", "r-1");
  assert.match(text, /^Request r-1: \d+ events in 3 services/);
  assert.match(text, /├─ TaskSucceeded ×\d|└─ ClusterActivated/);
  assert.match(text, /Everything is done\.\n$/);
});

test("who has the resource sees what others do with it, and who gave the command does not once it is out of reach", async () => {
  const because = { row: "StopClusters", correlationId: "r-2", actionId: "j-2" };
  const gone = { userId: "usr-left", ownerPath: ":grp-1:usr-left" };
  await world.send("cluster", { type: "StopCluster", clusterId, jobId: "j-2" }, gone, because);
  await isDone("r-2");
  const { body } = await get("r-2");
  const types = body.root.flatMap(typesIn);
  assert.deepEqual([body.actor, types[0], types.at(-1)], ["usr-left", "ClusterStopRequested", "ClusterStopped"]);
  assert.ok(types.includes("DeploymentSucceeded"), "what the provider does for a cluster is its owner's, too");
  for (const stranger of ["usr-left", "usr-other"]) assert.equal((await get("r-2", stranger)).status, 403, stranger);
});

test("only those see it whose resource it is, their group's and everybody's administrators", async () => {
  assert.equal((await get("j-1", "usr-isv")).status, 200);
  assert.equal((await get("j-1", "system")).status, 200);
  const other = await get("j-1", "usr-other");
  assert.deepEqual([other.status, other.error], [403, "error_resource_access_denied"]);
  const nothing = await get("j-3");
  assert.deepEqual([nothing.status, nothing.error], [404, "resource_not_found"]);
  assert.equal((await world.stranger().call("GetCommand", { id: "j-1" })).status, 401);
  assert.equal((await get("x".repeat(301))).status, 400);
  assert.equal((await get("a,b")).status, 400);
  await assert.rejects(pitrix("command", "j-3"), (error) => error instanceof CommandFailed && error.code === 66);
});

test("an event leads to its request, with what it changes in read models, for those who see it", async () => {
  const { body } = await get("cluster/cl-1@1");
  assert.deepEqual([body.id, body.root[0].type], ["r-1", "ClusterRequested"]);
  const shown = body.read_model.find(({ service, model }: Record<string, string>) => service === "cluster" && model === "clusters");
  assert.deepEqual([shown.document, shown.open], [[clusterId], undefined]);
  assert.equal((await get("cluster/cl-1@1", "usr-other")).status, 403);
  for (const nothing of ["cluster/cl-9@1", "cluster/cl-1@999", "nobody/x@1"]) assert.equal((await get(nothing)).status, 404, nothing);
  const text = await pitrix("why", "cluster/cl-1@2");
  assert.match(text, / ← ClusterRequested \(cluster\/cl-1@1\) ← CreateCluster by usr-dev$/m);
  assert.match(text, /^shown +cluster {2}clusters: cl-1$/m);
});

test("the services tell their parts only to the platform and to administrators", async () => {
  const { url } = world.of("cluster");
  assert.equal((await ask(`${url}/internal/caused/j-1`)).status, 401);
  const authorization = `Bearer ${await world.token("usr-dev")}`;
  const asked = await ask(`${url}/internal/caused/progress`, { method: "POST", headers: { authorization } });
  assert.ok(asked.status === 401 || asked.status === 403, `${asked.status}`);
});

test("the part of a service that is down is missing and named, and the rest is shown", async () => {
  await world.of("provider-local").stop();
  await world.announce({ service: "provider-local", url: "http://127.0.0.1:1", instance: "dead", since: "" });
  const { status, body } = await get("j-1");
  assert.equal(status, 200);
  assert.equal(body.finished, false);
  assert.ok(body.unknown.includes("provider-local"));
  assert.ok(body.root.some(({ type }: Event) => type === "ClusterRequested"));
});
