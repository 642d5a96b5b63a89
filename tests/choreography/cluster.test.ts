import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskFailure } from "../../services/providers/kit/effects.ts";
import { bookinfo, clusterId, clusterStory } from "../world/toys/clusters.ts";
import { provider } from "../world/toys/provider.ts";

/** A cluster that was requested of a provider whose tasks only keep a ledger, and one of which fails. */
const requested = async (fails?: string) => {
  const ledger: string[] = [];
  const service = provider(async ({ action, nodeId }) => {
    ledger.push(`${action} ${nodeId}`);
    if (action === fails) throw new TaskFailure("as planned");
  });
  return { platform: await clusterStory({ service }), ledger };
};

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
  await platform.send("cluster", { type: "DeleteCluster", clusterId, jobId: "j-2", force: false });
  await platform.settle();
  await platform.send("cluster", { type: "CeaseCluster", clusterId, jobId: "j-3", force: false });
  await platform.settle();
  const [cluster] = await platform.documents("cluster", "clusters");
  assert.equal(cluster?.value.status, "ceased");
  assert.ok(platform.story().includes("RuntimeReleased"));
});

test("nodes are added, the cluster is stopped, started, upgraded and rolled back, one action after the other", async () => {
  const { platform, ledger } = await requested();
  const act = async (command: { readonly type: string; readonly [field: string]: unknown }) => {
    const { rejection } = await platform.send("cluster", { clusterId, ...command });
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
  assert.equal((await act({ type: "UpgradeCluster", jobId: "j-5", version: bookinfo("appv-2") }))?.version_id, "appv-2");
  assert.equal((await act({ type: "RollbackCluster", jobId: "j-6" }))?.version_id, "appv-1");
  assert.ok(ledger.some((line) => line.startsWith("UpgradeInstances")));
});
