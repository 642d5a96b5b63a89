import assert from "node:assert/strict";
import { test } from "node:test";
import type { Player } from "../../events/simulation/instances.ts";
import { cluster } from "../../services/cluster/service.ts";
import { runtime } from "../../services/runtime/service.ts";
import { clusterId, requestCluster, runtimeCommands } from "../world/toys/clusters.ts";
import { provider } from "../world/toys/provider.ts";
import { simulated } from "../world/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The node whose start may hang. */
const clusterNode = "cln-story-1";

/** Machines that hold nodes and run processes, as the tasks of a provider leave them. A test may let one of the tasks hang. */
const machines = () => {
  const [nodes, processes] = [new Set<string>(), new Set<string>()];
  const state: { hangs: string | undefined } = { hangs: undefined };
  const service = provider(async ({ action, nodeId }, { signal }) => {
    if (action === state.hangs && (action !== "StartService" || nodeId === clusterNode))
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true }));
    if (action === "RunInstances") nodes.add(nodeId);
    if (action === "StartService") processes.add(nodeId);
    if (action === "StopInstances") processes.delete(nodeId);
    if (action === "TerminateInstances") nodes.delete(nodeId);
  });
  return { nodes, processes, service, state };
};

/** Runtimes and clusters, with a cluster that was asked for. */
const asked = async (...players: readonly Player[]) => {
  const platform = await simulated([runtime, cluster, ...players]);
  for (const command of runtimeCommands()) await platform.send("runtime", command);
  await platform.settle();
  const act = async (command: { readonly type: string; readonly [field: string]: unknown }) => {
    const { rejection } = await platform.send("cluster", command);
    assert.equal(rejection, null);
  };
  const shown = async () => {
    const [cluster] = await platform.documents("cluster", "clusters");
    const job = async (id: string) => (await platform.documents("cluster", "jobs")).find((each) => each.id === id)?.value;
    return { status: cluster?.value.status, transition: cluster?.value.transition_status, message: cluster?.value.message, job };
  };
  const pass = async (milliseconds: number): Promise<void> => {
    platform.jump(milliseconds);
    await platform.settle();
  };
  return { ...platform, act, shown, pass };
};

test("an action whose provider is silent ends at its deadline", async () => {
  const platform = await asked();
  await platform.act(requestCluster());
  await platform.settle();
  assert.equal((await platform.shown()).transition, "creating");
  await platform.pass(4 * HOUR);
  const { status, transition, message, job } = await platform.shown();
  assert.deepEqual([status, transition], ["pending", ""]);
  assert.match(String(message), /^provider local has not reported within \d+ s$/);
  assert.equal((await job("j-1"))?.status, "failed");
});

test("a provider that comes too late takes back what it does", async () => {
  const { service, nodes, processes } = machines();
  const platform = await asked({ service });
  await platform.during(platform.of("provider-local").stop());
  await platform.act(requestCluster());
  await platform.pass(4 * HOUR);
  assert.equal((await (await platform.shown()).job("j-1"))?.status, "failed");
  await platform.start({ service }, 2);
  await platform.settle();
  assert.ok(platform.story().includes("DeploymentStarted"));
  assert.deepEqual([...processes], []);
  assert.equal(platform.story().at(-1), "DeploymentFailed");
  assert.deepEqual([(await platform.shown()).status, (await platform.shown()).transition], ["pending", ""]);
  await platform.act({ type: "DeleteCluster", clusterId, jobId: "j-2", force: false });
  await platform.settle();
  await platform.act({ type: "CeaseCluster", clusterId, jobId: "j-3", force: false });
  await platform.settle();
  assert.deepEqual([(await platform.shown()).status, [...nodes]], ["ceased", []]);
});

test("a provider that gets nowhere gives up before the cluster does, and takes back what it has done", async () => {
  const { service, state, nodes, processes } = machines();
  const platform = await asked({ service });
  state.hangs = "RegisterMetadata";
  await platform.act(requestCluster());
  await platform.pass(30 * MINUTE);
  assert.equal((await platform.shown()).transition, "creating");
  assert.ok(nodes.size > 0);
  await platform.pass(90 * MINUTE);
  const { transition, message, job } = await platform.shown();
  assert.equal(transition, "");
  assert.match(String(message), /^the action was not finished within \d+ s$/);
  assert.equal((await job("j-1"))?.message, message);
  assert.deepEqual([...processes], []);
  const open = (await platform.documents("cluster", "tasks")).filter(
    ({ value }) => value.status === "pending" || value.status === "working",
  );
  assert.deepEqual(open, []);
});

test("a start that hangs is given up, and what has started is stopped again", async () => {
  const { service, state, processes } = machines();
  const platform = await asked({ service });
  await platform.act(requestCluster());
  await platform.settle();
  await platform.act({ type: "StopCluster", clusterId, jobId: "j-2" });
  await platform.settle();
  state.hangs = "StartService";
  await platform.act({ type: "StartCluster", clusterId, jobId: "j-3" });
  await platform.settle();
  assert.ok(processes.size > 0);
  await platform.pass(2 * HOUR);
  const { status, transition } = await platform.shown();
  assert.deepEqual([status, transition, [...processes]], ["stopped", "", []]);
});

test("a forced deletion ends although its provider is silent, which carries it out when it is back", async () => {
  const { service, nodes, processes } = machines();
  const platform = await asked({ service });
  await platform.act(requestCluster());
  await platform.settle();
  assert.ok(processes.size > 0);
  await platform.during(platform.of("provider-local").stop());
  for (const type of ["DeleteCluster", "CeaseCluster"] as const) {
    await platform.act({ type, clusterId, jobId: `j-${type}`, force: true });
    await platform.pass(15 * MINUTE);
  }
  assert.deepEqual([(await platform.shown()).status, (await platform.shown()).transition], ["ceased", ""]);
  assert.ok(nodes.size > 0);
  await platform.start({ service }, 2);
  await platform.settle();
  assert.deepEqual([[...nodes], [...processes]], [[], []]);
});

test("nodes of an addition that was put aside are gone after the next action", async () => {
  const { service, state, nodes } = machines();
  const platform = await asked({ service });
  await platform.act(requestCluster());
  await platform.settle();
  const before = new Set(nodes);
  state.hangs = "RegisterMetadata";
  await platform.act({ type: "AddClusterNodes", clusterId, jobId: "j-2", role: "reviews", count: 1 });
  await platform.settle();
  assert.equal(nodes.size, before.size + 1);
  await platform.act({ type: "DeleteCluster", clusterId, jobId: "j-3", force: true });
  await platform.settle();
  assert.deepEqual(nodes, before);
});
