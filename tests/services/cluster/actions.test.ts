import assert from "node:assert/strict";
import { test } from "node:test";
import { commandsOf } from "../../../events/reaction.ts";
import { type ActionEvent, actionOf } from "../../../schemas/generated/actions.ts";
import { jobs } from "../../../services/cluster/read-models/jobs.ts";
import { clusterNodes } from "../../../services/cluster/read-models/nodes.ts";
import { reactionsOf } from "../../../services/providers/kit/reactions.ts";
import { metaOf } from "../../spec.ts";

const described = {
  provider: "local",
  owner: "usr-1",
  ownerPath: ":usr-1",
  appId: "app-1",
  versionId: "appv-1",
  runtimeId: "runtime-1",
  nodes: [],
};
const asked = (type: ActionEvent, provider = "local") => ({
  ...{ type, clusterId: "cl-1", jobId: "j-1", nodeIds: ["cln-1"], addresses: [] },
  deployment: { ...described, provider },
});
/** What a table says of an event; undefined where it has no row. */
const rowOf = (table: object, type: ActionEvent): unknown => Reflect.get(table, type);
const called = (table: object, type: ActionEvent, ...words: readonly unknown[]): unknown => {
  const row = rowOf(table, type);
  return typeof row === "function" ? row(...words) : undefined;
};

/** What a provider is told to do by an event; undefined where it has no row. */
const toldTo = (provider: string, type: ActionEvent) => {
  const row = reactionsOf(provider)[type];
  return row && commandsOf(row, asked(type), metaOf(1));
};

/** OpenPitrix's names, the transition of the nodes, and who takes the event up: the list of jobs, the provider, or both. */
const expected = [
  ["ClusterRequested", "CreateCluster", "creating", "job"],
  ["ClusterDeploymentRequested", "CreateCluster", undefined, "provider"],
  ["ClusterUpgradeRequested", "UpgradeCluster", undefined, "both"],
  ["ClusterRollbackRequested", "RollbackCluster", undefined, "both"],
  ["ClusterResizeRequested", "ResizeCluster", undefined, "both"],
  ["ClusterEnvUpdateRequested", "UpdateClusterEnv", undefined, "both"],
  ["ClusterNodesRequested", "AddClusterNodes", "creating", "both"],
  ["ClusterNodesRemovalRequested", "DeleteClusterNodes", "deleting", "both"],
  ["ClusterStopRequested", "StopClusters", "stopping", "both"],
  ["ClusterStartRequested", "StartClusters", "starting", "both"],
  ["ClusterDeletionRequested", "DeleteClusters", "deleting", "both"],
  ["ClusterRecoveryRequested", "RecoverClusters", "recovering", "both"],
  ["ClusterCeaseRequested", "CeaseClusters", "ceasing", "both"],
] as const;

test("every event that asks for work has its action", () =>
  assert.deepEqual({ ...actionOf }, Object.fromEntries(expected.map(([type, action]) => [type, action]))));

for (const [type, action, transition, takenUp] of expected)
  test(`${type} is ${action} to jobs, nodes and providers`, () => {
    const job = called(jobs.evolve, type, jobs.initialState, asked(type), metaOf(1), "j-1");
    assert.equal(Reflect.get(Object(job), "job_action"), takenUp === "provider" ? undefined : action);
    const node = called(clusterNodes.evolve, type, clusterNodes.initialState, asked(type), metaOf(1), "cln-1");
    assert.equal(Reflect.get(Object(node), "transition_status"), transition);
    const { deployment } = asked(type);
    const start = { type: "StartDeployment", clusterId: "cl-1", jobId: "j-1", action, deployment, nodeIds: ["cln-1"] };
    assert.deepEqual(toldTo("local", type), takenUp === "job" ? undefined : [start]);
    assert.deepEqual(toldTo("aws", type), takenUp === "job" ? undefined : []);
  });
