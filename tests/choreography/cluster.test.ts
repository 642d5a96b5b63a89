import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { service } from "../../events/service.ts";
import { world } from "../../events/simulation/world.ts";
import { clusterService } from "../../services/cluster/service.ts";
import { deployment } from "../../services/providers/deployment/domain.ts";
import { effectsOf, TaskFailure, type TaskTable } from "../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../services/providers/deployment/reactions.ts";
import { plan } from "../../services/providers/local/plan.ts";
import { runtimeService } from "../../services/runtime/service.ts";
import { root } from "./root.ts";

const bookinfo = async (file: string) => readFile(`${root}/infra/demo/bookinfo/devkit/${file}`, "utf8");
const clusterId = "cl-story";

/** A provider whose tasks only keep a ledger. */
const provider = (ledger: string[], fails?: string) => {
  const kept = Object.fromEntries(
    Object.values(plan)
      .flat()
      .map(({ task }) => [
        task,
        async ({ taskId, nodeId }, { clusterId, jobId, report }) => {
          ledger.push(`${task} ${nodeId}`);
          if (task === fails) throw new TaskFailure("as planned");
          if (task === "RunInstances")
            await report({
              type: "ProvisionNode",
              clusterId,
              jobId,
              nodeId,
              instanceId: `i-${nodeId}`,
              privateIp: `127.0.1.${taskId.split("-").at(-1)}`,
            });
          if (task === "TerminateInstances") await report({ type: "ReleaseNode", clusterId, jobId, nodeId });
        },
      ]),
  ) as TaskTable; // The ledger's rows have the shape of the table.
  return service({
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(kept) } },
    reactions: reactionsOf("local"),
  });
};

const requested = async (fails?: string) => {
  const ledger: string[] = [];
  const platform = await world([runtimeService, clusterService, provider(ledger, fails)]);
  const owner = { owner: "usr-1", ownerPath: ":usr-1" };
  await platform.send("runtime", {
    type: "CreateRuntimeCredential",
    runtimeCredentialId: "runtimec-1",
    name: "here",
    description: "",
    provider: "local",
    runtimeUrl: "",
    sealedContent: "sealed",
    debug: false,
    ...owner,
  } as never);
  await platform.send("runtime", {
    type: "CreateRuntime",
    runtimeId: "runtime-1",
    name: "here",
    description: "",
    provider: "local",
    zone: "local",
    runtimeCredentialId: "runtimec-1",
    debug: false,
    ...owner,
  } as never);
  await platform.settle();
  const version = {
    appId: "app-1",
    versionId: "appv-1",
    versionType: "vmbased",
    packageDigest: "sha256:1",
    packageOwner: "repo",
    configJson: await bookinfo("config.json"),
    template: await bookinfo("cluster.json.tmpl"),
  };
  const place = { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" };
  const outcome = await platform.send("cluster", {
    type: "RequestCluster",
    clusterId,
    jobId: "j-1",
    name: undefined,
    version,
    place,
    configuration: "{}",
    debug: false,
    ...owner,
  } as never);
  assert.equal(outcome.rejection, null);
  await platform.settle();
  return { platform, ledger };
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
