import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Surroundings } from "../../../../events/simulation/instances.ts";
import { collections } from "../../../../events/subscription/collections.ts";
import { unscopedReads } from "../../../../services/chassis/http/reads.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { gate } from "../../../../services/providers/local/gate.ts";
import type { Authorize } from "../../../../services/providers/local/machine.ts";
import { providerLocal } from "../../../../services/providers/local/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { sealedText } from "../../../sealed.ts";
import { requestCluster, runtimeCommands } from "../../../world/toys/clusters.ts";
import { served } from "../../../world/world.ts";
import { kill, playground } from "./machine/support.ts";
import { outsideOn, shop } from "./shop.ts";

/** Runtimes, clusters and the local provider on a real machine, with everything else in memory. */
const platformOn = async (t: TestContext, limits: { readonly nodes?: number } = {}) => {
  const { machine: make, running, notes, directory } = playground(t);
  const open = async (sealed: string) => JSON.stringify({ token: sealed });
  let authorize: Authorize | undefined;
  const machine = make({ limits, authorize: async (clusterId) => authorize?.(clusterId) });
  const outside = ({ ports }: Surroundings) => {
    const { get } = unscopedReads(collections(providerLocal.projections), ports.documents);
    authorize = gate({ token: sealedText("sealed"), document: get as never, open }); // The service has these read models.
    return outsideOn(machine);
  };
  const world = await served([runtime, cluster, { service: providerLocal, outside }]);
  t.after(world.stop);
  const send = async (command: Parameters<typeof world.send>[1], jobId: string): Promise<void> => {
    const { rejection } = await world.send("cluster", command, undefined, { actionId: jobId });
    assert.equal(rejection, null);
  };
  for (const command of runtimeCommands()) await world.send("runtime", command);
  const all = async (model: string) => (await world.documents("cluster", model)).map(({ value }) => value);
  return {
    ...{ machine, running, send, all, notes },
    /** Nodes that were said to have failed, by their provider or by their cluster. */
    failed: () =>
      world.history().flatMap(({ event }) => (/NodeFailed$/.test(event.type) ? [`${event.type} ${Reflect.get(event, "nodeId")}`] : [])),
    /** The stop command of a node does not come to its end before the hold is released. */
    hold: (nodeId: string) => {
      const file = join(directory, "nodes", nodeId, "data", "hold");
      writeFileSync(file, "");
      const stopping = () => notes(nodeId).includes("ending");
      return { stopping, release: () => rmSync(file) };
    },
    create: (clusterId: string, count: number) => {
      const { version, placement } = shop;
      const asked = { ...requestCluster(), clusterId, jobId: `j-${clusterId}` };
      return send({ ...asked, version, placement, configuration: shop.configuration(count), secrets: [] }, asked.jobId);
    },
    /** Does one action to its end. */
    does: async (type: string, jobId: string, more: object = {}) => {
      await send({ type, clusterId: "cl-1", jobId, ...more }, jobId);
      await eventually(`${type} is done`, async () =>
        (await all("jobs")).some(({ job_id, status }) => job_id === jobId && status === "successful"),
      );
    },
    /** Another token in the runtime's credential; the right one is "sealed". */
    tokenBecomes: async (token: string) => {
      const sealedContent = sealedText(token);
      const of = { runtimeCredentialId: "runtimec-1", name: undefined, description: undefined };
      await world.send("runtime", { type: "ModifyRuntimeCredential", ...of, sealedContent });
      const known = async () =>
        (await world.documents("provider-local", "credentials")).some(({ value }) => value.sealed_content === sealedContent);
      await eventually("the provider knows the token", known);
    },
    job: async (jobId: string) => (await all("jobs")).find(({ job_id }) => job_id === jobId),
    health: async () => (await all("clusterNodes")).map(({ health_status }) => health_status).sort(),
  };
};

test("a process that is killed is restarted, and meanwhile the API says that its node is unhealthy", async (t) => {
  const { create, job, health, running, machine } = await platformOn(t);
  await create("cl-1", 2);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  assert.deepEqual(await health(), ["healthy", "healthy"]);
  const [victim = 0] = running("cln-1-1");
  kill(victim);
  await eventually("one node is unhealthy", async () => (await health())[1] === "unhealthy");
  assert.equal((await health())[0], "healthy");
  await eventually("it is well again", async () => (await health())[1] === "healthy");
  assert.equal(running("cln-1-1").length, 1);
  assert.notEqual(running("cln-1-1")[0], victim);
  const state = await machine.describe("cln-1-1");
  assert.equal(state?.process.restarts, 1);
});

test("an upgrade, a stop and a deletion announce no failure of a node", async (t) => {
  const { create, job, does, failed, running, all } = await platformOn(t);
  await create("cl-1", 2);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  await does("UpgradeCluster", "j-2", { version: { ...shop.version, versionId: "appv-2" } });
  assert.equal(running().length, 2);
  await does("StopCluster", "j-3");
  await does("StartCluster", "j-4");
  await does("DeleteCluster", "j-5", { force: false });
  assert.deepEqual(running(), []);
  const stops = (await all("tasks")).filter(({ task_action }) => task_action === "StopService");
  assert.deepEqual(
    stops.map(({ status }) => status),
    Array.from({ length: 6 }, () => "successful"),
  );
  assert.deepEqual(failed(), []);
});

test("a process that dies while another node is stopped is still said to have failed", async (t) => {
  const { create, job, does, failed, running, hold } = await platformOn(t);
  await create("cl-1", 2);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  const held = hold("cln-1-2");
  const removed = does("DeleteClusterNodes", "j-2", { nodeIds: ["cln-1-2"] });
  await eventually("one node is stopping", held.stopping);
  kill(running("cln-1-1")[0] ?? 0);
  await eventually("the other one is known to have failed", () => failed().length === 2);
  held.release();
  await removed;
  assert.deepEqual(failed(), ["NodeFailed cln-1-1", "ClusterNodeFailed cln-1-1"]);
});

test("a machine that is full refuses, and the job says so", async (t) => {
  const { create, job, send } = await platformOn(t, { nodes: 1 });
  await create("cl-1", 2);
  await eventually("the job ends", async () => (await job("j-cl-1"))?.status === "failed");
  const failed = await job("j-cl-1");
  assert.match(String(failed?.message), /RunInstances on cln-1-\d failed: this machine has 1 nodes, at most 1 are allowed/);
  await send({ type: "DeleteCluster", clusterId: "cl-1", jobId: "j-2", force: false }, "j-2");
  await eventually("it is deleted", async () => (await job("j-2"))?.status === "successful");
  await send({ type: "CeaseCluster", clusterId: "cl-1", jobId: "j-3", force: false }, "j-3");
  await eventually("it is ceased", async () => (await job("j-3"))?.status === "successful");
  await create("cl-2", 1);
  await eventually("there is room again", async () => (await job("j-cl-2"))?.status === "successful");
});

test("once its token is revoked, a cluster starts nothing more: no command, no restart; it can still be stopped and ceased", async (t) => {
  const { create, job, does, all, running, tokenBecomes, failed, notes } = await platformOn(t);
  await create("cl-1", 2);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  const [one = 0] = running("cln-1-1");
  await tokenBecomes("revoked");
  kill(one);
  await eventually("the provider tried to restart it", () => failed().length === 2);
  await does("StopCluster", "j-2");
  assert.deepEqual(running(), []);
  assert.deepEqual(
    [...notes("cln-1-1"), ...notes("cln-1-2")].filter((note) => note === "ending"),
    [],
  );
  const stops = (await all("tasks")).filter(({ task_action }) => task_action === "StopService");
  assert.deepEqual(
    stops.map(({ status }) => status),
    ["failed", "failed"],
  );
  await does("DeleteCluster", "j-3", { force: false });
  await does("CeaseCluster", "j-4", { force: false });
  assert.deepEqual(running(), []);
});

test("a process whose restart is refused starts again once the token is right", async (t) => {
  const { create, job, running, tokenBecomes, machine } = await platformOn(t);
  const refused: number[] = [];
  machine.onExit(({ code, restarts }) => void (code === 127 && refused.push(restarts)));
  await create("cl-1", 1);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  await tokenBecomes("revoked");
  kill(running("cln-1-1")[0] ?? 0);
  await eventually("a restart is refused", () => refused.length > 0);
  assert.deepEqual(running(), []);
  await tokenBecomes("sealed");
  await eventually("it is back", () => running("cln-1-1").length === 1);
});

test("a cluster that is asked for with another token gets no files and no processes", async (t) => {
  const { create, job, machine, tokenBecomes } = await platformOn(t);
  await tokenBecomes("revoked");
  await create("cl-1", 1);
  await eventually("the job ends", async () => (await job("j-cl-1"))?.status === "failed");
  assert.match(String((await job("j-cl-1"))?.message), /the credential's token does not match PITRIX_LOCAL_TOKEN/);
  assert.deepEqual(await machine.list(), []);
});
