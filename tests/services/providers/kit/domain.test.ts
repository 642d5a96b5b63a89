import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActionName } from "../../../../schemas/generated/actions.ts";
import type { Deployment as ClusterSpec } from "../../../../schemas/generated/events.ts";
import { deployment } from "../../../../services/providers/kit/domain.ts";
import { layersOf, type Plan } from "../../../../services/providers/kit/plan.ts";
import { given } from "../../../spec.ts";

const clusterId = "cl-1";
const start = (order: number, more: object = {}) => ({
  name: "start",
  command: "node main.mjs",
  order,
  timeoutSeconds: 60,
  postStart: false,
  nodesToExecuteOn: 0,
  ...more,
});
const role = (name: string, ...services: readonly ReturnType<typeof start>[]) => ({
  role: name,
  cpu: 1,
  memory: 512,
  gpu: 0,
  storageSize: 10,
  mountPoint: "/data",
  image: "",
  serverIdUpperBound: 0,
  verticalScalingPolicy: "parallel",
  env: {},
  services,
  healthCheck: null,
});
const described: ClusterSpec = {
  provider: "local",
  runtimeId: "runtime-1",
  zone: "local",
  runtimeCredentialId: "runtimec-1",
  owner: "usr-1",
  ownerPath: ":usr-1",
  name: "shop",
  appId: "app-1",
  versionId: "appv-1",
  versionType: "vmbased",
  packageDigest: "sha256:1",
  packageOwner: "repo",
  configuration: "{}",
  secrets: [],
  env: {},
  roles: [role("web", start(1)), role("store", start(0), { ...start(0), name: "init", nodesToExecuteOn: 1 })],
  nodes: [
    { nodeId: "cln-1", name: "", role: "web", serverId: 1 },
    { nodeId: "cln-2", name: "", role: "store", serverId: 2 },
    { nodeId: "cln-3", name: "", role: "store", serverId: 3 },
  ],
  endpoints: [],
  scales: [],
  adopted: null,
};
const plan: Plan = {
  CreateCluster: [
    { task: "RunInstances", on: "all" },
    { task: "InitService", on: "all", service: "init" },
    { task: "StartService", on: "all", service: "start" },
  ],
  StopClusters: [{ task: "StopInstances", on: "all", failureAllowed: true }],
  StartClusters: [{ task: "StartService", on: "all", service: "start" }],
  RecoverClusters: [{ task: "StartService", on: "all", service: "start" }],
  UpgradeCluster: [{ task: "UpgradeInstances", on: "all" }],
  RollbackCluster: [{ task: "UpgradeInstances", on: "all" }],
  DeleteClusters: [{ task: "Uninstall", on: "cluster" }],
  AddClusterNodes: [
    { task: "RunInstances", on: "chosen" },
    { task: "Tell", on: "others" },
  ],
};
const tasksOf = (action: ActionName, chosen: readonly string[] = [], present = ["cln-1", "cln-2", "cln-3"]) =>
  layersOf(plan, { action, jobId: "j-1", deployment: described, nodeIds: chosen, present: new Set(present) }).map((layer) =>
    layer.tasks.map(({ action: name, nodeId }) => `${name} ${nodeId}`),
  );

test("services start in the package's order, those of one order side by side", () =>
  assert.deepEqual(tasksOf("CreateCluster"), [
    ["RunInstances cln-1", "RunInstances cln-2", "RunInstances cln-3"],
    ["InitService cln-2"],
    ["StartService cln-2", "StartService cln-3"],
    ["StartService cln-1"],
  ]));

test("steps are about the chosen nodes or the others, and about nodes that are there", () => {
  assert.deepEqual(tasksOf("AddClusterNodes", ["cln-3"]), [["RunInstances cln-3"], ["Tell cln-1", "Tell cln-2"]]);
  assert.deepEqual(tasksOf("StopClusters", [], ["cln-2"]), [["StopInstances cln-2"]]);
  assert.deepEqual(tasksOf("CeaseClusters"), []);
});

const decider = deployment(plan);
const begin = { type: "StartDeployment", clusterId, jobId: "j-1", action: "CreateCluster", deployment: described, nodeIds: [] } as const;
const [started] = given(decider).when(begin).events();
assert.ok(started?.type === "DeploymentStarted");
const first = started.layers[0]?.tasks[0]?.taskId ?? "";

test("a deployment starts once an action", () => given(decider, started).when(begin).expectNothing());

test("an action without anything to do succeeds at once", () =>
  given(decider)
    .when({ ...begin, action: "StopClusters" })
    .expectTypes("DeploymentStarted", "DeploymentSucceeded"));

test("a task begins once and ends once, with its first end", () => {
  const task = { clusterId, jobId: "j-1", taskId: first };
  given(decider, started)
    .when({ type: "BeginTask", ...task })
    .expect({ type: "TaskStarted", ...task });
  given(decider, started, { type: "TaskStarted", ...task })
    .when({ type: "BeginTask", ...task })
    .expectNothing();
  given(decider, started, { type: "TaskSucceeded", ...task })
    .when({ type: "EndTask", ...task, failure: "late" })
    .expectNothing();
});

test("each finished layer starts the next, the last one ends the action", () => {
  const layer = (index: number) => ({ type: "FinishLayer", clusterId, jobId: "j-1", layer: index, failures: [] }) as const;
  const finished = (index: number) => ({ type: "DeploymentLayerFinished", clusterId, jobId: "j-1", layer: index }) as const;
  given(decider, started).when(layer(0)).expect(finished(0));
  given(decider, started, finished(0)).when(layer(0)).expectNothing();
  given(decider, started, finished(0), finished(1), finished(2))
    .when(layer(3))
    .expect({ type: "DeploymentSucceeded", clusterId, jobId: "j-1", addresses: [] });
});

test("a failed task fails the action and names what is not done any more; an allowed failure does not", () => {
  const failures = [{ taskId: first, reason: "no disk" }];
  const unstartedTaskIds = started.layers.slice(1).flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId));
  given(decider, started).when({ type: "FinishLayer", clusterId, jobId: "j-1", layer: 0, failures }).expectTypes("DeploymentAborted");
  const [aborted] = given(decider, started).when({ type: "FinishLayer", clusterId, jobId: "j-1", layer: 0, failures }).events();
  assert.ok(aborted?.type === "DeploymentAborted");
  assert.deepEqual([aborted.reason, aborted.abandonedTaskIds], ["RunInstances on cln-1 failed: no disk", unstartedTaskIds]);
  const there = { type: "NodeProvisioned", clusterId, jobId: "j-1", nodeId: "cln-1", instanceId: "i-1", privateIp: "127.0.0.9" } as const;
  const [stopping] = given(decider, started, there)
    .when({ ...begin, jobId: "j-2", action: "StopClusters" })
    .events();
  assert.ok(stopping?.type === "DeploymentStarted");
  const taskId = stopping.layers[0]?.tasks[0]?.taskId ?? "";
  given(decider, started, there, stopping)
    .when({ type: "FinishLayer", clusterId, jobId: "j-2", layer: 0, failures: [{ taskId, reason: "gone" }] })
    .expectTypes("DeploymentSucceeded");
});

test("a later action puts an earlier one aside: its reports are ignored", () => {
  const [next] = given(decider, started)
    .when({ ...begin, jobId: "j-2" })
    .events();
  assert.ok(next);
  given(decider, started, next).when({ type: "FinishLayer", clusterId, jobId: "j-1", layer: 0, failures: [] }).expectNothing();
  given(decider, started, next).when({ type: "BeginTask", clusterId, jobId: "j-1", taskId: first }).expectNothing();
});

const existing = (nodeId: string) =>
  ({ type: "NodeProvisioned", clusterId, jobId: "j-1", nodeId, instanceId: `i-${nodeId}`, privateIp: "127.0.0.9" }) as const;
const done = { type: "DeploymentSucceeded", clusterId, jobId: "j-1", addresses: [] } as const;
const created = [started, existing("cln-1"), done];
/** What an action of a created cluster does once it is given up: the tasks that take it back. */
const takenBack = (action: ActionName, more: object = {}, nodeIds: readonly string[] = []) => {
  const asked = { ...begin, jobId: "j-2", action, nodeIds, deployment: { ...described, ...more } };
  const [begun] = given(decider, ...created)
    .when(asked)
    .events();
  assert.ok(begun?.type === "DeploymentStarted");
  const [aborted] = given(decider, ...created, begun)
    .when({ type: "ExpireDeployment", clusterId, jobId: "j-2", seconds: 60 })
    .events();
  assert.equal(Reflect.get(Object(aborted), "reason"), "the action was not finished within 60 s");
  return aborted?.type === "DeploymentAborted"
    ? { ...aborted, tasks: aborted.layers.map(({ tasks }) => tasks.map((task) => `${task.action} ${task.nodeId}`)) }
    : undefined;
};

test("an action that the provider has no plan for fails, and says so", () => {
  const ceasing = { ...begin, jobId: "j-2", action: "CeaseClusters" } as const;
  const [, failed] = given(decider, started, existing("cln-1"), done).when(ceasing).events();
  assert.ok(failed?.type === "DeploymentFailed");
  assert.equal(failed.reason, "provider local does not carry out CeaseClusters");
});

test("a task on the cluster needs no nodes", () => {
  const [event] = given(decider)
    .when({ ...begin, action: "DeleteClusters" })
    .events();
  assert.ok(event?.type === "DeploymentStarted");
  assert.deepEqual(
    event.layers.map(({ tasks }) => tasks.map(({ action, nodeId }) => [action, nodeId])),
    [[["Uninstall", ""]]],
  );
});

test("an action that is given up is taken back, and then fails", () => {
  const [aborted] = given(decider, started).when({ type: "ExpireDeployment", clusterId, jobId: "j-1", seconds: 60 }).events();
  assert.ok(aborted?.type === "DeploymentAborted");
  assert.equal(aborted.layer, started.layers.length);
  assert.deepEqual(
    aborted.abandonedTaskIds,
    started.layers.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId)),
  );
  const ids = [...started.layers, ...aborted.layers].flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId));
  assert.equal(new Set(ids).size, ids.length);
  const finish = (layer: number, failures: readonly { readonly taskId: string; readonly reason: string }[] = []) =>
    ({ type: "FinishLayer", clusterId, jobId: "j-1", layer, failures }) as const;
  given(decider, started, aborted).when(finish(0)).expectNothing();
  const taskId = aborted.layers[0]?.tasks[0]?.taskId ?? "";
  given(decider, started, aborted)
    .when(finish(aborted.layer, [{ taskId, reason: "gone" }]))
    .expect({ type: "DeploymentFailed", clusterId, jobId: "j-1", reason: aborted.reason, unstartedTaskIds: [] });
  given(decider, started, aborted).when({ type: "ExpireDeployment", clusterId, jobId: "j-1", seconds: 60 }).expectNothing();
  given(decider, started, aborted).when({ type: "AbortDeployment", clusterId, jobId: "j-1", reason: "late" }).expectNothing();
});

test("each action is taken back by its opposite, on what was deployed before", () => {
  assert.deepEqual(takenBack("StopClusters")?.tasks, [["StartService cln-1"]]);
  assert.deepEqual(takenBack("StartClusters")?.tasks, [["StopInstances cln-1"]]);
  assert.deepEqual(takenBack("DeleteClusters")?.tasks, [["StartService cln-1"]]);
  const upgrade = takenBack("UpgradeCluster", { versionId: "appv-2" });
  assert.deepEqual([upgrade?.tasks, upgrade?.deployment.versionId], [[["UpgradeInstances cln-1"]], "appv-1"]);
});

test("an action that its cluster has given up is taken back, also after it has succeeded", () => {
  const late = { type: "AbortDeployment", clusterId, jobId: "j-1", reason: "too late" } as const;
  given(decider, ...created)
    .when({ type: "ExpireDeployment", clusterId, jobId: "j-1", seconds: 60 })
    .expectNothing();
  const [aborted] = given(decider, ...created)
    .when(late)
    .events();
  assert.ok(aborted?.type === "DeploymentAborted");
  given(decider, ...created)
    .when({ ...late, jobId: "j-other" })
    .expectNothing();
  given(decider, started, { type: "DeploymentFailed", clusterId, jobId: "j-1", reason: "no", unstartedTaskIds: [] })
    .when(late)
    .expectNothing();
});

const pod = (nodeId: string, more: object = {}) => ({
  ...{ nodeId, name: nodeId, role: "web", instanceId: nodeId, privateIp: "10.0.0.1", healthy: true, reason: "" },
  ...more,
});

test("what is found unasked counts only while something runs and no action changes it", () => {
  const note = { type: "NoteNodes", clusterId, jobId: null, nodes: [pod("cln-a")] } as const;
  const observed = { type: "NoteObserved", clusterId, jobId: null, endpoints: [], drift: ["ConfigMap a does not exist"] } as const;
  const stop = given(decider, ...created)
    .when({ type: "StartDeployment", clusterId, jobId: "j-2", action: "StopClusters", deployment: described, nodeIds: [] })
    .events();
  const stopped = [...created, ...stop, { type: "DeploymentSucceeded", clusterId, jobId: "j-2", addresses: [] }] as const;
  for (const past of [[started], [...created, ...stop], stopped]) {
    given(decider, ...past)
      .when(note)
      .expectNothing();
    given(decider, ...past)
      .when(observed)
      .expectNothing();
  }
  given(decider, ...created)
    .when(note)
    .expectTypes("NodesDiscovered");
  given(decider, ...created)
    .when(observed)
    .expectTypes("DeploymentObserved");
  given(decider, ...created)
    .when(observed)
    .after()
    .when(observed)
    .expectNothing();
  // A task of the action may look, one of an action that was put aside may not.
  given(decider, started)
    .when({ ...note, jobId: "j-1" })
    .expectTypes("NodesDiscovered");
  given(decider, started)
    .when({ ...note, jobId: "j-0" })
    .expectNothing();
});

test("a node that was found fails and recovers once, and is not found anew for that", () => {
  const found = { type: "NodesDiscovered", clusterId, nodes: [pod("cln-a")], lostNodeIds: [] } as const;
  const fails = { type: "NoteNodeFailed", clusterId, nodeId: "cln-a", reason: "CrashLoopBackOff" } as const;
  const recovers = { type: "NoteNodeRecovered", clusterId, nodeId: "cln-a" } as const;
  const up = given(decider, ...created, found);
  up.when(recovers).expectNothing();
  const down = up.when(fails).after();
  down.when(fails).expectNothing();
  down
    .when({ type: "NoteNodes", clusterId, jobId: null, nodes: [pod("cln-a", { healthy: false, reason: "CrashLoopBackOff" })] })
    .expectNothing();
  down.when(recovers).expectTypes("NodeRecovered");
  down
    .when(recovers)
    .after()
    .when({ type: "NoteNodes", clusterId, jobId: null, nodes: [pod("cln-a")] })
    .expectNothing();
  up.when({ ...fails, nodeId: "cln-b" }).expectNothing();
});

test("a changed number of nodes that are not planned is taken back by the former number", () => {
  const [first, more] = [{ ...described, nodes: [], roles: [] }, [{ role: "web", count: 3 }]];
  const scaling = deployment({ CreateCluster: [{ task: "Scale", on: "cluster" }], ...scales });
  const begin = (jobId: string, action: ActionName, deployment: ClusterSpec) =>
    ({ type: "StartDeployment", clusterId, jobId, action, deployment, nodeIds: [] }) as const;
  const there = given(scaling)
    .when(begin("j-1", "CreateCluster", first))
    .after()
    .when({ type: "FinishLayer", clusterId, jobId: "j-1", layer: 0, failures: [] })
    .after();
  for (const action of ["AddClusterNodes", "DeleteClusterNodes"] as const) {
    const begun = there.when(begin("j-2", action, { ...first, scales: more })).after();
    const [aborted] = begun.when({ type: "ExpireDeployment", clusterId, jobId: "j-2", seconds: 60 }).events();
    assert.ok(aborted?.type === "DeploymentAborted");
    assert.deepEqual([aborted.deployment.scales, aborted.layers[0]?.tasks[0]?.action], [[], "Restore"]);
  }
});
const scales: Plan = {
  AddClusterNodes: [{ task: "Scale", on: "cluster" }],
  DeleteClusterNodes: [{ task: "Scale", on: "cluster" }],
  ResizeCluster: [{ task: "Restore", on: "cluster" }],
};
