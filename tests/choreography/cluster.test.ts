import assert from "node:assert/strict";
import { test } from "node:test";
import { bookinfo, clusterId, requested } from "./cluster-requested.ts";

test("a requested cluster is deployed once its runtime is reserved, and active when its provider is done", async () => {
  const { platform } = await requested();
  const story = platform
    .story()
    .filter((type) => !type.startsWith("Task") && !type.startsWith("Node") && type !== "DeploymentLayerFinished");
  assert.deepEqual(story.slice(-7), [
    "ClusterRequested",
    "RuntimeReserved",
    "ClusterDeploymentRequested",
    "DeploymentStarted",
    "ClusterActionStarted",
    "DeploymentSucceeded",
    "ClusterActivated",
  ]);
  const [cluster] = await platform.documents("cluster", "clusters");
  assert.equal(cluster?.value.status, "active");
  const nodes = await platform.documents("cluster", "clusterNodes");
  assert.ok(nodes.length >= 4 && nodes.every(({ value }) => value.status === "active" && String(value.private_ip).startsWith("127.")));
  const [job] = await platform.documents("cluster", "jobs");
  assert.equal(job?.value.status, "successful");
  const tasks = await platform.documents("cluster", "tasks");
  assert.equal(tasks.length, job?.value.task_count);
  assert.ok(tasks.every(({ value }) => value.status === "successful"));
});

test("a task that fails fails its job with the reason, and the cluster can be deleted and ceased", async () => {
  const { platform } = await requested("StartService");
  const [job] = await platform.documents("cluster", "jobs");
  assert.equal(job?.value.status, "failed");
  assert.match(String(job?.value.message), /StartService on cln-story-\d failed: as planned/);
  await platform.send("cluster", { type: "DeleteCluster", clusterId, jobId: "j-2", force: false } as never);
  await platform.settle();
  await platform.send("cluster", { type: "CeaseCluster", clusterId, jobId: "j-3", force: false } as never);
  await platform.settle();
  const [cluster] = await platform.documents("cluster", "clusters");
  assert.equal(cluster?.value.status, "ceased");
  assert.ok(platform.story().includes("RuntimeReleased"));
});

test("nodes are added, the cluster is stopped, started, upgraded and rolled back, one action after the other", async () => {
  const { platform, ledger } = await requested();
  const act = async (command: object) => {
    const { rejection } = await platform.send("cluster", { clusterId, ...command } as never);
    assert.equal(rejection, null);
    await platform.settle();
    const [cluster] = await platform.documents("cluster", "clusters");
    return cluster?.value;
  };
  const before = (await platform.documents("cluster", "clusterNodes")).length;
  await act({ type: "AddClusterNodes", jobId: "j-2", role: "reviews", count: 1 });
  assert.equal((await platform.documents("cluster", "clusterNodes")).length, before + 1);
  assert.equal((await act({ type: "StopCluster", jobId: "j-3" }))?.status, "stopped");
  assert.equal((await act({ type: "StartCluster", jobId: "j-4" }))?.status, "active");
  const version = {
    appId: "app-1",
    versionId: "appv-2",
    versionType: "vmbased",
    packageDigest: "sha256:2",
    packageOwner: "repo",
    configJson: await bookinfo("config.json"),
    template: await bookinfo("cluster.json.tmpl"),
  };
  assert.equal((await act({ type: "UpgradeCluster", jobId: "j-5", version }))?.version_id, "appv-2");
  assert.equal((await act({ type: "RollbackCluster", jobId: "j-6" }))?.version_id, "appv-1");
  assert.ok(ledger.some((line) => line.startsWith("UpgradeInstances")));
});
