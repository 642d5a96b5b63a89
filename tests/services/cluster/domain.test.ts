import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Message, Meta } from "../../../events/message.ts";
import { type AnyProjection, deleted as deletedDocument } from "../../../events/projection.ts";
import { commandsOf } from "../../../events/reaction.ts";
import { idsOf } from "../../../events/subscription/projections.ts";
import { type ClusterEvent, type Deployment as ClusterSpec, type EventType, eventTypes } from "../../../schemas/generated/events.ts";
import { providers } from "../../../services/chassis/providers.ts";
import type { Version } from "../../../services/cluster/deployment.ts";
import { cluster } from "../../../services/cluster/domain.ts";
import { reactions } from "../../../services/cluster/reactions.ts";
import { tasks } from "../../../services/cluster/read-models/tasks.ts";
import { root } from "../../root.ts";
import { given, metaOf } from "../../spec.ts";

const file = (name: string) => readFileSync(join(root, "infra/demo/bookinfo/devkit", name), "utf8");
const clusterId = "cl-1";
const version: Version = {
  appId: "app-1",
  versionId: "appv-1",
  versionType: "vmbased",
  packageDigest: "sha256:1",
  packageOwner: "repo",
  configJson: file("config.json"),
  template: file("cluster.json.tmpl"),
};
const placement = { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" };
const request = {
  type: "RequestCluster",
  clusterId,
  jobId: "j-1",
  name: undefined,
  version,
  placement,
  configuration: "{}",
  secrets: [],
  debug: false,
  owner: "usr-1",
  ownerPath: ":usr-1",
} as const;

const requested = given(cluster).when(request).events()[0];
assert.ok(requested?.type === "ClusterRequested");
const deployment: ClusterSpec = requested.deployment;
const deployed = { type: "ClusterDeploymentRequested", clusterId, jobId: "j-1", deployment } as const;
const activated = { type: "ClusterActivated", clusterId, jobId: "j-1", addresses: [] } as const;
const active: readonly ClusterEvent[] = [requested, deployed, activated];
const nodeIds = deployment.nodes.map(({ nodeId }) => nodeId);
const stopping = { type: "ClusterStopRequested", clusterId, jobId: "j-2", deployment } as const;
const stopped = { type: "ClusterStopped", clusterId, jobId: "j-2", nodeIds } as const;
const deleting = { type: "ClusterDeletionRequested", clusterId, jobId: "j-3", deployment, force: false } as const;
const deleted = { type: "ClusterDeleted", clusterId, jobId: "j-3", nodeIds } as const;

test("a request describes the cluster: its roles, and nodes with ids of their own", () => {
  assert.deepEqual([...new Set(deployment.nodes.map(({ role }) => role))].sort(), ["details", "productpage", "ratings", "reviews"]);
  assert.equal(new Set(nodeIds).size, nodeIds.length);
  given(cluster, requested).when(request).expectNothing();
});

test("a configuration out of range is refused, and says which setting", () =>
  given(cluster)
    .when({ ...request, configuration: JSON.stringify({ cluster: { reviews: { instance_count: 9_999 } } }) })
    .expectRejection(/instance_count/, { kind: "invalid" }));

test("a configuration that is no JSON, and a template that does not render, are refused", () => {
  given(cluster)
    .when({ ...request, configuration: "{" })
    .expectRejection(/JSON/i, { kind: "invalid" });
  given(cluster)
    .when({ ...request, version: { ...version, template: "{ nodes" } })
    .expectRejection(/./, { kind: "invalid" });
});

test("a cluster is deployed once its runtime is reserved, and only for the action in hand", () => {
  given(cluster, requested).when({ type: "DeployCluster", clusterId, jobId: "j-1" }).expect(deployed);
  given(cluster, requested).when({ type: "DeployCluster", clusterId, jobId: "j-other" }).expectNothing();
});

test("what its provider reports of another action is ignored", () => {
  given(cluster, ...active, stopping)
    .when({ type: "CompleteClusterAction", clusterId, jobId: "j-1", addresses: [], provider: "local" })
    .expectNothing();
  given(cluster, ...active, stopping)
    .when({ type: "FailClusterAction", clusterId, jobId: "j-1", reason: "late", provider: "local" })
    .expectNothing();
  given(cluster, ...active, stopping)
    .when({ type: "CompleteClusterAction", clusterId, jobId: "j-2", addresses: [], provider: "local" })
    .expect(stopped);
});

test("what another provider reports is ignored", () => {
  const provider = "kubernetes";
  given(cluster, ...active, stopping)
    .when({ type: "NoteClusterActionStarted", clusterId, jobId: "j-2", taskCount: 1, provider })
    .expectNothing();
  given(cluster, ...active, stopping)
    .when({ type: "CompleteClusterAction", clusterId, jobId: "j-2", addresses: [], provider })
    .expectNothing();
  given(cluster, ...active, stopping)
    .when({ type: "FailClusterAction", clusterId, jobId: "j-2", reason: "no", provider })
    .expectNothing();
  const [nodeId = ""] = nodeIds;
  given(cluster, ...active)
    .when({ type: "NoteClusterNodeFailed", clusterId, nodeId, reason: "gone", provider })
    .expectNothing();
  given(cluster, ...active, { type: "ClusterNodeFailed", clusterId, nodeId, reason: "gone" })
    .when({ type: "NoteClusterNodeRecovered", clusterId, nodeId, provider })
    .expectNothing();
});

test("every report says which provider's it is", () => {
  const reports = [
    "DeploymentStarted",
    "DeploymentSucceeded",
    "DeploymentFailed",
    "NodeFailed",
    "NodeRecovered",
    "DeploymentObserved",
    "NodesDiscovered",
  ] as const;
  for (const type of reports) {
    const [command] = commandsOf(reactions[type], { type, layers: [] } as Message, metaOf(1, "otherDeployment/cl-1"));
    assert.equal(Reflect.get(command ?? {}, "provider"), "other", type);
  }
  assert.deepEqual(
    Object.keys(eventTypes).filter((type) => type in reactions && eventTypes[type as EventType].some((each) => /Deployment$/.test(each))),
    [...reports].sort(),
  );
});

test("a provider announces itself only, and plans tasks of its own deployments only", () => {
  const own = metaOf(1, "localProvider/local");
  const foreign = metaOf(1, "kubernetesProvider/local");
  const plan: Message = { ...deployed, ...{ type: "DeploymentStarted", layers: [{ tasks: [{ taskId: "t-1" }] }] } };
  const cases: readonly (readonly [object, Message, Meta, Meta])[] = [
    [providers, { type: "ProviderAnnounced", ...{ provider: "local" } }, own, foreign],
    [tasks, plan, metaOf(1, "localDeployment/cl-1"), metaOf(1, "kubernetesDeployment/cl-1")],
  ];
  for (const [model, event, mine, other] of cases)
    assert.deepEqual([idsOf(model as AnyProjection, event, mine).length, idsOf(model as AnyProjection, event, other).length], [1, 0]);
});

test("what another provider reports of a task changes nothing, and leaves no task behind", () => {
  const { TaskSucceeded: fold } = (tasks as AnyProjection).evolve;
  const event: Message = { type: "TaskSucceeded", ...{ clusterId, jobId: "j-1", taskId: "t-1" } };
  const [mine, other] = [metaOf(2, "localDeployment/cl-1"), metaOf(2, "kubernetesDeployment/cl-1")];
  const [ids, others] = [idsOf(tasks as AnyProjection, event, mine), idsOf(tasks as AnyProjection, event, other)];
  assert.equal(ids.filter((id) => others.includes(id)).length, 0);
  assert.equal(fold?.(tasks.initialState, event, other, others[0] ?? ""), deletedDocument);
});

test("one action at a time", () =>
  given(cluster, ...active, stopping)
    .when({ type: "StartCluster", clusterId, jobId: "j-9" })
    .expectRejection(/is \[stopping\], please try later/, { kind: "denied", error: "resource_transition_status" }));

test("each action is allowed from its statuses only", () => {
  given(cluster, ...active)
    .when({ type: "StartCluster", clusterId, jobId: "j-2" })
    .expectRejection(/status is \[active\]/);
  given(cluster, ...active, stopping, stopped)
    .when({ type: "StopCluster", clusterId, jobId: "j-4" })
    .expectRejection(/status is \[stopped\]/);
  given(cluster, ...active)
    .when({ type: "RecoverCluster", clusterId, jobId: "j-2" })
    .expectRejection(/status is \[active\]/);
  given(cluster, ...active)
    .when({ type: "CeaseCluster", clusterId, jobId: "j-2", force: false })
    .expectRejection(/status is \[active\]/);
  given(cluster)
    .when({ type: "StopCluster", clusterId, jobId: "j-2" })
    .expectRejection(/does not exist/, { kind: "notFound" });
});

test("a deleted cluster is recovered or ceased", () => {
  given(cluster, ...active, deleting, deleted)
    .when({ type: "RecoverCluster", clusterId, jobId: "j-4" })
    .expectTypes("ClusterRecoveryRequested");
  given(cluster, ...active, deleting, deleted)
    .when({ type: "CeaseCluster", clusterId, jobId: "j-4", force: false })
    .expectTypes("ClusterCeaseRequested");
});

test("force puts an action aside, whose job fails with the reason", () =>
  given(cluster, ...active, stopping)
    .when({ type: "DeleteCluster", clusterId, jobId: "j-5", force: true })
    .expect(
      { type: "ClusterActionFailed", clusterId, jobId: "j-2", reason: "superseded by j-5", nodeIds, addedNodeIds: [], provider: "" },
      { type: "ClusterDeletionRequested", clusterId, jobId: "j-5", deployment, force: true },
    ));

test("added nodes get new ids, within the role's bound", () => {
  const [event] = given(cluster, ...active)
    .when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "reviews", count: 2 })
    .events();
  assert.ok(event?.type === "ClusterNodesRequested");
  assert.equal(event.deployment.nodes.length, deployment.nodes.length + 2);
  assert.ok(event.nodeIds.every((id) => !nodeIds.includes(id)));
  given(cluster, ...active)
    .when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "reviews", count: 201 })
    .expectRejection(/may have/);
  given(cluster, ...active)
    .when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "nobody", count: 1 })
    .expectRejection(/no role \[nobody\]/);
});

test("nodes that do not come are named when adding them fails", () => {
  const [asked] = given(cluster, ...active)
    .when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "reviews", count: 1 })
    .events();
  assert.ok(asked?.type === "ClusterNodesRequested");
  given(cluster, ...active, asked)
    .when({ type: "FailClusterAction", clusterId, jobId: "j-2", reason: "full", provider: null })
    .expect({
      type: "ClusterActionFailed",
      clusterId,
      jobId: "j-2",
      reason: "full",
      nodeIds: asked.nodeIds,
      addedNodeIds: asked.nodeIds,
      provider: "",
    });
});

test("a role keeps at least one node", () => {
  const reviews = deployment.nodes.filter(({ role }) => role === "reviews").map(({ nodeId }) => nodeId);
  given(cluster, ...active)
    .when({ type: "DeleteClusterNodes", clusterId, jobId: "j-2", nodeIds: reviews })
    .expectRejection(/without a node/);
  given(cluster, ...active)
    .when({ type: "DeleteClusterNodes", clusterId, jobId: "j-2", nodeIds: ["cln-nobody"] })
    .expectRejection(/does not exist/, { kind: "notFound" });
});

test("an upgrade keeps nodes and configuration, and can be rolled back once", () => {
  const second = { ...version, versionId: "appv-2", packageDigest: "sha256:2" };
  const [asked] = given(cluster, ...active)
    .when({ type: "UpgradeCluster", clusterId, jobId: "j-2", version: second })
    .events();
  assert.ok(asked?.type === "ClusterUpgradeRequested");
  assert.deepEqual(asked.deployment, { ...deployment, versionId: "appv-2", packageDigest: "sha256:2" });
  const upgraded = [
    ...active,
    asked,
    { type: "ClusterUpgraded", clusterId, jobId: "j-2", deployment: asked.deployment, addresses: [], revision: 2 } as const,
  ];
  const [back] = given(cluster, ...upgraded)
    .when({ type: "RollbackCluster", clusterId, jobId: "j-3" })
    .events();
  assert.ok(back?.type === "ClusterRollbackRequested");
  assert.deepEqual(back.deployment, deployment);
  given(cluster, ...upgraded, back, { type: "ClusterRolledBack", clusterId, jobId: "j-3", deployment, addresses: [], revision: 3 })
    .when({ type: "RollbackCluster", clusterId, jobId: "j-4" })
    .expectRejection(/never upgraded/);
});

test("an upgrade to the same version or to another application's is refused", () => {
  given(cluster, ...active)
    .when({ type: "UpgradeCluster", clusterId, jobId: "j-2", version })
    .expectRejection(/already runs version appv-1/);
  given(cluster, ...active)
    .when({ type: "UpgradeCluster", clusterId, jobId: "j-2", version: { ...version, appId: "app-2" } })
    .expectRejection(/another application/);
});

test("an action that its provider does not report ends at its deadline, and its provider is told", () => {
  const expire = { type: "ExpireClusterAction", clusterId, jobId: "j-2", seconds: 60 } as const;
  const gaveUp = { type: "ClusterActionFailed", clusterId, jobId: "j-2", reason: "provider local has not reported within 60 s" } as const;
  given(cluster, ...active, stopping)
    .when(expire)
    .expect({ ...gaveUp, nodeIds, addedNodeIds: [], provider: "local" });
  given(cluster, ...active, stopping, stopped)
    .when(expire)
    .expectNothing();
  given(cluster, requested).when(expire).expectNothing();
});

test("what is forced ends at its deadline as if its provider had reported", () => {
  const expire = { type: "ExpireClusterAction", clusterId, jobId: "j-3", seconds: 60 } as const;
  given(cluster, ...active, { ...deleting, force: true })
    .when(expire)
    .expect(deleted);
  given(cluster, ...active, deleting)
    .when(expire)
    .expectTypes("ClusterActionFailed");
});

const chart = { ...request, version: { ...version, versionType: "helm" }, placement: { ...placement, provider: "kubernetes" } } as const;
const [ofChart] = given(cluster).when(chart).events();
assert.ok(ofChart?.type === "ClusterRequested");
const pod = (nodeId: string, role = "web", healthy = true) =>
  ({ ...{ nodeId, name: nodeId, role, instanceId: nodeId, privateIp: "10.0.0.1", healthy, reason: "" } }) as const;
const foundPods = {
  type: "ClusterNodesDiscovered",
  ...{ clusterId, lostNodeIds: [], owner: "usr-1", ownerPath: ":usr-1" },
  nodes: [pod("cln-a"), pod("cln-b"), pod("cln-c", "db", false)],
} as const;
const running = given(cluster, ofChart, { ...deployed, deployment: ofChart.deployment }, activated, foundPods);

test("nodes of a chart are a number for each role that its provider has found", () => {
  const [more] = running.when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "web", count: 2 }).events();
  assert.ok(more?.type === "ClusterNodesRequested");
  assert.deepEqual([more.deployment.scales, more.nodeIds], [[{ role: "web", count: 4 }], []]);
  const [fewer] = running.when({ type: "DeleteClusterNodes", clusterId, jobId: "j-2", nodeIds: ["cln-b"] }).events();
  assert.ok(fewer?.type === "ClusterNodesRemovalRequested");
  assert.deepEqual([fewer.deployment.scales, fewer.nodeIds], [[{ role: "web", count: 1 }], ["cln-b"]]);
  running.when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "cache", count: 1 }).expectRejection(/no role \[cache\]/);
  running.when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "web", count: 199 }).expectRejection(/may have 200/);
  running.when({ type: "DeleteClusterNodes", clusterId, jobId: "j-2", nodeIds: ["cln-x"] }).expectRejection(/cln-x\] does not exist/);
  running
    .when({ type: "DeleteClusterNodes", clusterId, jobId: "j-2", nodeIds: ["cln-c"] })
    .expectRejection(/role \[db\] would be left without a node/);
});

test("of a role of a chart the number of nodes can be changed, and its values say the rest", () => {
  const resize = (size: object) => running.when({ type: "ResizeCluster", clusterId, jobId: "j-2", sizes: [{ role: "web", ...size }] });
  const [resized] = resize({ count: 5 }).events();
  assert.deepEqual(resized?.type === "ClusterResizeRequested" && resized.deployment.scales, [{ role: "web", count: 5 }]);
  resize({ count: 5, cpu: 2 }).expectRejection(/its resources are values of the chart/);
  resize({ count: 201 }).expectRejection(/may have 200/);
});

test("numbers of nodes are part of the revision: an upgrade keeps them, a rollback restores them", () => {
  const ask = { type: "ResizeCluster", clusterId, jobId: "j-2", sizes: [{ role: "web", count: 5 }] } as const;
  const done = (jobId: string) => ({ type: "CompleteClusterAction", clusterId, jobId, addresses: [], provider: "kubernetes" }) as const;
  const resized = running.when(ask).after().when(done("j-2")).after();
  const [upgrade] = resized
    .when({
      type: "UpgradeCluster",
      clusterId,
      jobId: "j-3",
      version: { ...chart.version, versionId: "appv-2", packageDigest: "sha256:2" },
    })
    .events();
  assert.deepEqual(upgrade?.type === "ClusterUpgradeRequested" && upgrade.deployment.scales, [{ role: "web", count: 5 }]);
  const [back] = resized.when({ type: "RollbackCluster", clusterId, jobId: "j-3", revision: 1 }).events();
  assert.deepEqual(back?.type === "ClusterRollbackRequested" && back.deployment.scales, []);
  const added = running.when({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "web", count: 1 }).after().when(done("j-2")).after();
  assert.deepEqual(added.state.status !== "absent" && added.state.revisions.map(({ deployment: { scales } }) => scales), [
    [{ role: "web", count: 3 }],
  ]);
});

test("a node that was found fails and recovers, and what its provider has found besides is the cluster's", () => {
  const provider = "kubernetes";
  const fails = { type: "NoteClusterNodeFailed", clusterId, nodeId: "cln-a", reason: "OOMKilled", provider } as const;
  running.when(fails).expectTypes("ClusterNodeFailed");
  running.when({ type: "NoteClusterNodeRecovered", clusterId, nodeId: "cln-c", provider }).expectTypes("ClusterNodeRecovered");
  running.when({ ...fails, provider: "local" }).expectNothing();
  const observed = { type: "NoteClusterObserved", clusterId, endpoints: [], drift: ["Service web does not exist"] } as const;
  running.when({ ...observed, provider }).expectTypes("ClusterObserved");
  running.when({ ...observed, provider: "local" }).expectNothing();
});

test("a release that a cluster takes over is its own once the cluster runs, whichever revision it goes back to", () => {
  const adopted = { release: "shop", revision: "uid-7" };
  const chart = { ...version, versionType: "helm", configJson: "", template: "" };
  const asked = { ...request, version: chart, placement: { ...placement, adopted }, configuration: "" };
  const taking = given(cluster).when(asked).events();
  const adoptedBy = (events: readonly ClusterEvent[]) =>
    events.flatMap((event) => ("deployment" in event ? [event.deployment.adopted] : []));
  assert.deepEqual(adoptedBy(taking), [adopted]);
  const one = { clusterId, jobId: "j-2" } as const;
  const forced = { ...one, type: "DeleteCluster", force: true } as const;
  assert.deepEqual(
    adoptedBy(
      given(cluster, ...taking)
        .when(forced)
        .events(),
    ),
    [adopted],
    "it was not taken over yet",
  );
  const failed = {
    type: "ClusterActionFailed",
    clusterId,
    jobId: "j-1",
    reason: "no",
    nodeIds: [],
    addedNodeIds: [],
    provider: "",
  } as const;
  assert.deepEqual(
    adoptedBy(
      given(cluster, ...taking, failed)
        .when({ ...forced, force: false })
        .events(),
    ),
    [adopted],
    "nor when that has failed",
  );

  const own = { release: "shop", revision: "" };
  const runs = [...taking, activated];
  const upgrade = { ...one, type: "UpgradeCluster", version: { ...chart, versionId: "appv-2" } } as const;
  for (const command of [forced, upgrade, { ...one, type: "StopCluster" }] as const)
    assert.deepEqual(
      adoptedBy(
        given(cluster, ...runs)
          .when(command)
          .events(),
      ),
      [own],
      command.type,
    );
  const [upgrading] = given(cluster, ...runs)
    .when(upgrade)
    .events();
  assert.ok(upgrading?.type === "ClusterUpgradeRequested");
  const upgraded = { ...one, type: "ClusterUpgraded", deployment: upgrading.deployment, addresses: [], revision: 2 } as const;
  for (const revision of [undefined, 1])
    assert.deepEqual(
      adoptedBy(
        given(cluster, ...runs, upgrading, upgraded)
          .when({ clusterId, jobId: "j-3", type: "RollbackCluster", revision })
          .events(),
      ),
      [own],
    );
});
