import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { appVersions } from "../../../services/cluster/read-models/foreign.ts";
import { metaOf } from "../../spec.ts";
import { announced } from "../../world/announcements.ts";
import { type Caller, ok, refused } from "../../world/requests.ts";
import { type ClusterWorld, clusterWorld, configuration, type Operation, wanted } from "./served.ts";

let world: ClusterWorld["world"];
let mine: ClusterWorld["mine"];
let other: ClusterWorld["other"];
let user: ClusterWorld["user"];
let shown: ClusterWorld["shown"];
let jobOf: ClusterWorld["jobOf"];
let done: ClusterWorld["done"];
let running: ClusterWorld["running"];
before(async () => {
  ({ world, mine, other, user, shown, jobOf, done, running } = await clusterWorld());
});
after(() => world.stop());

test("a cluster is requested as its version and configuration describe it, and the job says how far it is", async () => {
  const { cluster_id, job_id } = await ok(mine.call("CreateCluster", wanted));
  const requested = await shown(cluster_id);
  assert.deepEqual([requested.name, requested.status, requested.transition_status], ["my shop", "pending", "creating"]);
  assert.deepEqual(
    [requested.app_id, requested.version_id, requested.runtime_id, requested.zone],
    ["app-1", "appv-1", "runtime-usr-mine", "local"],
  );
  assert.equal(requested.owner, "usr-mine");
  const nodes = requested.cluster_node_set.map(({ node_id, role }: { node_id: string; role: string }) => `${role} ${node_id}`);
  assert.deepEqual(
    nodes.sort(),
    [1, 2].map((nth) => `web cln-${cluster_id.slice(3)}-${nth}`),
  );
  assert.deepEqual(
    requested.cluster_role_set.map(({ role, instance_size }: { role: string; instance_size: number }) => [role, instance_size]),
    [["web", 2]],
  );
  const job = await jobOf(job_id);
  assert.deepEqual([job.cluster_id, job.job_action, job.status, job.owner], [cluster_id, "CreateCluster", "pending", "usr-mine"]);
  await world.send("cluster", { type: "DeployCluster", clusterId: cluster_id, jobId: job_id });
  await world.send("cluster", { type: "NoteClusterActionStarted", clusterId: cluster_id, jobId: job_id, taskCount: 7, provider: "local" });
  assert.deepEqual([(await jobOf(job_id)).status, (await jobOf(job_id)).task_count], ["working", 7]);
  await done(cluster_id, job_id);
  assert.deepEqual([(await shown(cluster_id)).status, (await jobOf(job_id)).status], ["active", "successful"]);
});

test("a cluster is not requested of what does not fit, is not there or is not the caller's", async () => {
  const create = (more: object) => mine.call("CreateCluster", { ...wanted, ...more });
  assert.match(await refused(create({ app_id: "app-2" }), 400, "validate_failed"), /does not belong to application \[app-2\]/);
  for (const version_id of ["appv-draft", "appv-suspended", "appv-private"]) {
    const said = await refused(create({ version_id }), 403, "error_resource_access_denied");
    assert.equal(said, `access denied for resource [${version_id}]`);
  }
  await refused(create({ version_id: "appv-none" }), 404, "resource_not_found");
  await refused(create({ runtime_id: "runtime-none" }), 404, "resource_not_found");
  await refused(create({ runtime_id: "runtime-usr-other" }), 403, "error_resource_access_denied");
  assert.match(await refused(create({ conf: configuration(99) }), 400, "validate_failed"), /count/);
  await refused(create({ conf: undefined }), 400, "missing_parameter");
});

test("what the provider has not announced is refused before anything happens, unless it is forced", async () => {
  const owned = { owner: "usr-mine", owner_path: ":usr-mine" };
  await world.put("providers", "few", announced("few", { actions: ["CreateCluster", "DeleteClusters"], zones: ["here"] }));
  await world.put("providers", "charts", announced("charts", { version_types: ["helm"] }));
  for (const provider of ["few", "charts", "moon"]) {
    await world.put("runtimes", `runtime-${provider}`, { runtime_id: `runtime-${provider}`, provider, zone: "here", ...owned });
    await world.put("clusters", `cl-${provider}`, { cluster_id: `cl-${provider}`, runtime_id: `runtime-${provider}`, ...owned });
  }
  const create = (provider: string, more: object = {}) =>
    mine.call("CreateCluster", { ...wanted, runtime_id: `runtime-${provider}`, ...more });
  const before = world.history().length;
  const says = async (answer: ReturnType<typeof create>) => refused(answer, 400, "validate_failed");
  assert.equal(await says(mine.call("StopClusters", { cluster_id: ["cl-few"] })), "provider [few] does not support StopClusters");
  assert.match(await says(create("few", { zone: "moon" })), /^provider \[few\] has no zone \[moon\]: it has here$/);
  for (const answer of [create("charts"), mine.call("UpgradeCluster", { cluster_id: "cl-charts", version_id: "appv-2" })])
    assert.equal(await says(answer), "provider [charts] does not run packages of type vmbased");
  for (const answer of [create("moon"), mine.call("DeleteClusters", { cluster_id: ["cl-moon"] })])
    assert.match(await says(answer), /^no provider \[moon\] has ever announced itself to this platform: it has charts, few, local$/);
  assert.equal(world.history().length, before);
  // The guard lets it pass; this cluster is known to the read model only.
  await refused(mine.call("DeleteClusters", { cluster_id: ["cl-moon"], force: true }), 404, "resource_not_found");
  await ok(create("few"));
});

test("the version's developer may deploy a draft", async () => {
  const developer = await user("usr-dev");
  for (const version_id of ["appv-draft", "appv-private"])
    await ok(developer.call("CreateCluster", { ...wanted, version_id, runtime_id: "runtime-usr-dev" }));
});

test("a version that was deleted is deployed by nobody, its owner included", async () => {
  await refused(mine.call("CreateCluster", { ...wanted, version_id: "appv-gone" }), 400, "resource_not_in_status");
  const cluster_id = await running();
  await refused(mine.call("UpgradeCluster", { cluster_id, version_id: "appv-gone" }), 400, "resource_not_in_status");
  const { evolve, initialState } = appVersions;
  const became = (status: string) =>
    evolve.AppVersionStatusInherited?.(
      { ...initialState, status: "deleted" },
      { type: "AppVersionStatusInherited", appId: "app-1", versionId: "appv-1", status, owner: "", ownerPath: "" },
      metaOf(2),
      "appv-1",
    );
  assert.deepEqual(
    ["draft", "active", "suspended"].map((status) => Reflect.get(Object(became(status)), "status")),
    ["draft", "active", "suspended"],
  );
});

test("a cluster is not upgraded to another's draft, nor to what was suspended or is private", async () => {
  const cluster_id = await running();
  for (const version_id of ["appv-draft", "appv-suspended", "appv-private"])
    await refused(mine.call("UpgradeCluster", { cluster_id, version_id }), 403, "error_resource_access_denied");
  await ok(mine.call("UpgradeCluster", { cluster_id, version_id: "appv-2" }));
});

test("waiting for a position of somebody else's runtime takes as long as for one that does not exist", async () => {
  const waited = async (who: Caller, position: string) => {
    const { headers, milliseconds } = await who.call("GetClusterStatistics", {}, { "pitrix-wait-for": position });
    return { pending: headers.get("pitrix-pending"), isLong: milliseconds > 250 };
  };
  assert.equal((await waited(mine, "runtime/runtime-usr-mine@1")).pending, null);
  for (const runtime of ["runtime-usr-mine", "runtime-none"])
    assert.deepEqual(await waited(other, `runtime/${runtime}@1`), { pending: "true", isLong: true }, runtime);
});

test("clusters stop, start, go and come back, several at once, each with a job of its own", async () => {
  const ids = [await running(), await running()];
  const statuses = async () => Promise.all(ids.map(async (id) => (await shown(id)).status));
  for (const [operation, status] of [
    ["StopClusters", "stopped"],
    ["StartClusters", "active"],
    ["DeleteClusters", "deleted"],
    ["RecoverClusters", "active"],
    ["DeleteClusters", "deleted"],
    ["CeaseClusters", "ceased"],
  ] as const) {
    const { cluster_id, job_id } = await ok(mine.call(operation, { cluster_id: ids }));
    assert.deepEqual([cluster_id, new Set(job_id).size], [ids, 2], operation);
    for (const [index, id] of ids.entries()) await done(id, job_id[index]);
    assert.deepEqual(await statuses(), [status, status], operation);
  }
});

test("an action that the cluster's status or another action does not allow is refused; force puts both aside", async () => {
  const id = await running();
  assert.match(await refused(mine.call("StartClusters", { cluster_id: [id] }), 400, "resource_not_in_status"), /status is \[active\]/);
  await refused(mine.call("RecoverClusters", { cluster_id: [id] }), 400, "resource_not_in_status");
  await refused(mine.call("CeaseClusters", { cluster_id: [id] }), 400, "resource_not_in_status");
  const { job_id } = await ok(mine.call("StopClusters", { cluster_id: [id] }));
  assert.match(await refused(mine.call("DeleteClusters", { cluster_id: [id] }), 403, "resource_transition_status"), /is \[stopping\]/);
  await ok(mine.call("DeleteClusters", { cluster_id: [id], force: true }));
  assert.equal((await jobOf(job_id[0])).status, "failed");
  await ok(mine.call("CeaseClusters", { cluster_id: [id], force: true }));
});

test("somebody else's cluster is neither shown nor touched, and an unknown one is not found", async () => {
  const cluster_id = await running();
  const [{ node_id }] = (await shown(cluster_id)).cluster_node_set;
  for (const operation of ["DescribeClusters", "DescribeClusterNodes", "DescribeJobs"] as const)
    assert.equal((await ok(other.call(operation, { cluster_id }))).total_count, undefined, operation);
  const commands: readonly (readonly [Operation, (id: string) => object])[] = [
    ["UpgradeCluster", (id) => ({ cluster_id: id, version_id: "appv-2" })],
    ["RollbackCluster", (id) => ({ cluster_id: id })],
    ["ResizeCluster", (id) => ({ cluster_id: id, role_resource: [] })],
    ["UpdateClusterEnv", (id) => ({ cluster_id: id, env: "{}" })],
    ["AddClusterNodes", (id) => ({ cluster_id: id, role: "web", node_count: 1 })],
    ["DeleteClusterNodes", (id) => ({ cluster_id: id, node_id: [node_id] })],
    ["ModifyClusterAttributes", (id) => ({ cluster_id: id, name: "x" })],
    ...(["StopClusters", "StartClusters", "RecoverClusters", "DeleteClusters", "CeaseClusters"] as const).map(
      (operation) => [operation, (id: string) => ({ cluster_id: [id] })] as const,
    ),
  ];
  for (const [operation, fields] of commands) {
    const foreign = await other.call(operation, fields(cluster_id));
    assert.deepEqual([foreign.status, foreign.error], [403, "error_resource_access_denied"], operation);
    const unknown = await mine.call(operation, fields("cl-none"));
    assert.deepEqual([unknown.status, unknown.error], [404, "resource_not_found"], operation);
  }
  await refused(other.call("ModifyClusterNodeAttributes", { node_id, name: "x" }), 403, "error_resource_access_denied");
  assert.equal((await shown(cluster_id)).status, "active");
});
