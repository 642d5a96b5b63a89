import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ok, refused } from "../../world/requests.ts";
import { type ClusterWorld, clusterWorld } from "./served.ts";

let world: ClusterWorld["world"];
let mine: ClusterWorld["mine"];
let other: ClusterWorld["other"];
let shown: ClusterWorld["shown"];
let running: ClusterWorld["running"];
let act: ClusterWorld["act"];
let done: ClusterWorld["done"];
before(async () => {
  ({ world, mine, other, shown, running, act, done } = await clusterWorld());
});
after(() => world.stop());

test("an upgrade is to another version of the same application, and can be rolled back once", async () => {
  const cluster_id = await running();
  await refused(mine.call("RollbackCluster", { cluster_id }), 400, "validate_failed");
  await refused(mine.call("UpgradeCluster", { cluster_id, version_id: "appv-1" }), 400, "validate_failed");
  await refused(mine.call("UpgradeCluster", { cluster_id, version_id: "appv-other" }), 400, "validate_failed");
  await refused(mine.call("UpgradeCluster", { cluster_id, version_id: "appv-none" }), 404, "resource_not_found");
  for (const version_id of ["appv-draft", "appv-suspended", "appv-private"])
    await refused(mine.call("UpgradeCluster", { cluster_id, version_id }), 403, "error_resource_access_denied");
  await act("UpgradeCluster", { cluster_id, version_id: "appv-2" });
  assert.equal((await shown(cluster_id)).version_id, "appv-2");
  await act("RollbackCluster", { cluster_id });
  assert.equal((await shown(cluster_id)).version_id, "appv-1");
  await refused(mine.call("RollbackCluster", { cluster_id }), 400, "validate_failed");
});

test("every deployed state is a revision: listed with who and what, compared, and gone back to", async () => {
  const cluster_id = await running();
  const revisions = async () =>
    (await ok(mine.call("DescribeClusterRevisions", { cluster_id, sort_key: "revision", reverse: false }))).cluster_revision_set;
  assert.deepEqual(
    (await revisions()).map(({ revision, action, status, actor, version_id }: { [field: string]: unknown }) => [
      revision,
      action,
      status,
      actor,
      version_id,
    ]),
    [[1, "create", "deployed", "usr-mine", "appv-1"]],
  );
  await act("UpgradeCluster", { cluster_id, version_id: "appv-2" });
  await act("ResizeCluster", { cluster_id, role_resource: [{ role: "web", cpu: 4 }] });
  const env = JSON.stringify({ cluster: { name: "my shop", subnet: "any" }, env: { load: 0.7 } });
  await act("UpdateClusterEnv", { cluster_id, env });
  // What has nothing to do with how it is deployed makes no revision.
  await act("AddClusterNodes", { cluster_id, role: "web", node_count: 1 });
  for (const operation of ["StopClusters", "StartClusters"] as const) {
    const { job_id } = await ok(mine.call(operation, { cluster_id: [cluster_id] }));
    await done(cluster_id, job_id[0]);
  }
  assert.deepEqual(
    (await revisions()).map(({ revision, action }: { [field: string]: unknown }) => [revision, action]),
    [
      [1, "create"],
      [2, "upgrade"],
      [3, "resize"],
      [4, "update"],
    ],
  );
  const { difference_set } = await ok(mine.call("DiffClusterRevisions", { cluster_id, from: 2, to: 4 }));
  const changed = Object.fromEntries(difference_set.map(({ path, ...values }: { readonly path: string }) => [path, values]));
  assert.deepEqual(changed["env.env.load"], { after: "0.7" });
  assert.equal(changed.version_id, undefined);

  await refused(mine.call("RollbackCluster", { cluster_id, revision: 4 }), 400, "validate_failed");
  await refused(mine.call("RollbackCluster", { cluster_id, revision: 9 }), 400, "validate_failed");
  await refused(mine.call("DiffClusterRevisions", { cluster_id, from: 1, to: 9 }), 404, "resource_not_found");
  await act("RollbackCluster", { cluster_id, revision: 1 });
  const now = await shown(cluster_id);
  assert.equal(now.version_id, "appv-1");
  assert.equal(now.env, (await revisions())[0].env);
  // The nodes stay as many as they are.
  assert.equal(now.cluster_node_set.filter(({ status }: { readonly status: string }) => status === "active").length, 3);
  assert.deepEqual((await revisions()).at(-1).action, "rollback");
  for (const operation of ["DiffClusterRevisions", "PreviewClusterUpgrade"] as const)
    await refused(other.call(operation, { cluster_id, from: 1, to: 2, version_id: "appv-2" }), 404, "resource_not_found");
  assert.equal((await ok(other.call("DescribeClusterRevisions", { cluster_id }))).total_count, undefined);
});

test("a cluster keeps its last ten revisions, and what an upgrade would change is shown before", async () => {
  const cluster_id = await running();
  for (let cpu = 2; cpu <= 12; cpu++) await act("ResizeCluster", { cluster_id, role_resource: [{ role: "web", cpu }] });
  await refused(mine.call("RollbackCluster", { cluster_id, revision: 2 }), 400, "validate_failed");
  await act("RollbackCluster", { cluster_id, revision: 4 });
  assert.equal((await shown(cluster_id)).cluster_role_set[0].cpu, 4);

  const preview = await ok(mine.call("PreviewClusterUpgrade", { cluster_id, version_id: "appv-2" }));
  const paths = preview.difference_set.map(({ path }: { readonly path: string }) => path);
  assert.ok(paths.includes("version_id") && paths.includes("roles.web.cpu"), paths.join(", "));
  assert.equal((await shown(cluster_id)).version_id, "appv-1");
  await refused(mine.call("PreviewClusterUpgrade", { cluster_id, version_id: "appv-other" }), 400, "validate_failed");
  await refused(mine.call("PreviewClusterUpgrade", { cluster_id, version_id: "appv-draft" }), 404, "resource_not_found");
});

test("roles are resized, and only in what is given", async () => {
  const cluster_id = await running();
  const [role] = (await shown(cluster_id)).cluster_role_set;
  await refused(mine.call("ResizeCluster", { cluster_id, role_resource: [{ role: "none", cpu: 2 }] }), 400, "validate_failed");
  await act("ResizeCluster", { cluster_id, role_resource: [{ role: "web", cpu: 4, storage_size: 20 }] });
  const [resized] = (await shown(cluster_id)).cluster_role_set;
  assert.deepEqual([resized.cpu, resized.storage_size, resized.memory], [4, 20, role.memory]);
});

test("the environment is updated to what the version allows", async () => {
  const cluster_id = await running();
  const env = JSON.stringify({ cluster: { name: "my shop", subnet: "any" }, env: { load: 0.7 } });
  await act("UpdateClusterEnv", { cluster_id, env });
  assert.equal((await shown(cluster_id)).env, env);
  const wrong = JSON.stringify({ cluster: { subnet: "any" }, env: { load: 7 } });
  assert.match(await refused(mine.call("UpdateClusterEnv", { cluster_id, env: wrong }), 400, "validate_failed"), /load/);
  for (const name of ["a\0b", "two\nlines", "a".repeat(2_000)])
    await refused(
      mine.call("UpdateClusterEnv", { cluster_id, env: JSON.stringify({ cluster: { name, subnet: "any" } }) }),
      400,
      "validate_failed",
    );
  assert.equal((await shown(cluster_id)).env, env);
  await world.put("clusters", "cl-lost", { cluster_id: "cl-lost", version_id: "appv-gone", owner: "usr-mine" });
  assert.match(await refused(mine.call("UpdateClusterEnv", { cluster_id: "cl-lost", env }), 404, "resource_not_found"), /is unknown/);
});

test("nodes are added and taken away, but the last of a role stays", async () => {
  const cluster_id = await running();
  const nodes = async () =>
    (await ok(mine.call("DescribeClusterNodes", { cluster_id, status: "active", sort_key: "node_id", reverse: false }))).cluster_node_set;
  await refused(mine.call("AddClusterNodes", { cluster_id, role: "none", node_count: 1 }), 400, "validate_failed");
  await refused(mine.call("AddClusterNodes", { cluster_id, role: "web", node_count: 0 }), 400, "validate_failed");
  await act("AddClusterNodes", { cluster_id, role: "web", node_count: 1 });
  const ids = (await nodes()).map(({ node_id }: { node_id: string }) => node_id);
  assert.equal(ids.length, 3);
  await refused(mine.call("DeleteClusterNodes", { cluster_id, node_id: ["cln-none"] }), 404, "resource_not_found");
  await refused(mine.call("DeleteClusterNodes", { cluster_id, node_id: ids }), 400, "validate_failed");
  await act("DeleteClusterNodes", { cluster_id, node_id: ids.slice(1) });
  assert.deepEqual(
    (await nodes()).map(({ node_id }: { node_id: string }) => node_id),
    ids.slice(0, 1),
  );
  assert.equal((await shown(cluster_id)).cluster_role_set[0].instance_size, 1);
});

test("clusters and nodes are renamed", async () => {
  const cluster_id = await running();
  assert.deepEqual(await ok(mine.call("ModifyClusterAttributes", { cluster_id, name: "shop", description: "mine" })), { cluster_id });
  const { name, description, cluster_node_set } = await shown(cluster_id);
  assert.deepEqual([name, description], ["shop", "mine"]);
  const { node_id } = cluster_node_set[0];
  assert.deepEqual(await ok(mine.call("ModifyClusterNodeAttributes", { node_id, name: "first" })), { node_id });
  const [node] = (await ok(mine.call("DescribeClusterNodes", { node_id }))).cluster_node_set;
  assert.deepEqual([node.name, node.cluster_id, node.health_status], ["first", cluster_id, "healthy"]);
  await refused(mine.call("ModifyClusterNodeAttributes", { node_id: "cln-none", name: "x" }), 404, "resource_not_found");
});
