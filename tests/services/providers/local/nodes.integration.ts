import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { codec } from "../../../../events/codec/codec.ts";
import { memoryDatabase } from "../../../../events/memory/database.ts";
import { memoryDocuments } from "../../../../events/memory/documents.ts";
import { kind } from "../../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../../events/memory/log.ts";
import { memoryParking } from "../../../../events/memory/parking.ts";
import { memoryStore } from "../../../../events/memory/store.ts";
import { type Instance, instance } from "../../../../events/run.ts";
import type { Service } from "../../../../events/service.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import type { LocalOutside } from "../../../../services/providers/local/ports.ts";
import { providerLocal } from "../../../../services/providers/local/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { kill, playground } from "./machine/support.ts";
import { outsideOn, shop } from "./shop.ts";

const released = codec(schemas);
const owner = { owner: "usr-1", ownerPath: ":usr-1" };
const because = (jobId: string | null) => ({
  ...{ cause: null, row: "test", actor: { userId: "usr-1", ownerPath: ":usr-1" }, correlationId: "r-1" },
  ...{ causationId: null, actionId: jobId, traceparent: null, hops: 0 },
});

/** Runtimes, clusters and the local provider on a real machine, in real time, over a log and stores in memory. */
const platformOn = async (t: TestContext, limits: { readonly nodes?: number } = {}) => {
  const { machine: make, running, notes, directory } = playground(t);
  const machine = make({ limits });
  const log = memoryLogBroker({ clock: systemClock, partitions: 2 }).connect();
  const documents = new Map<string, ReturnType<typeof memoryDocuments>>();
  const services = new Map<string, Instance>();
  const stores = new Map<string, ReturnType<typeof memoryStore>>();
  const played: readonly Service<LocalOutside>[] = [runtime, cluster, providerLocal];
  for (const service of played) {
    const database = memoryDatabase();
    const own = memoryDocuments(database, kind);
    const store = memoryStore(database, kind, systemClock.now);
    const ports = { store, documents: own, parking: memoryParking(database, kind), log, clock: systemClock };
    const one = instance(service, ports, contract, { instance: service.name, partitions: 2, outside: outsideOn(machine) });
    documents.set(service.name, own);
    stores.set(service.name, store);
    services.set(service.name, one);
    await one.start();
  }
  t.after(async () => {
    for (const one of services.values()) await one.stop();
    await log.close();
  });
  const send = async (service: string, command: object, jobId: string | null = null): Promise<void> => {
    const outcome = await services.get(service)?.execute(command as never, because(jobId)); // The tables check what it is.
    assert.equal(outcome?.rejection, null);
  };
  const named = { name: "here", description: "", provider: "local", debug: false, runtimeCredentialId: "runtimec-1", ...owner };
  await send("runtime", { type: "CreateRuntimeCredential", runtimeUrl: "", sealedContent: "x", ...named });
  await send("runtime", { type: "CreateRuntime", runtimeId: "runtime-1", zone: "local", ...named });
  const all = async (model: string) => {
    const found = await documents.get("cluster")?.find(model, { where: [], offset: 0, limit: 100 });
    return (found?.documents ?? []).map(({ value }) => value);
  };
  const events = async (service: string, stream: string) =>
    ((await stores.get(service)?.read(stream, 0)) ?? []).flatMap(({ events }) =>
      events.map(({ schemaId, bytes }) => released.decode(schemaId, bytes)),
    );
  return {
    ...{ machine, running, send, all },
    /** Nodes that were said to have failed, by their provider or by their cluster. */
    failed: async () =>
      [...(await events("provider-local", "localDeployment/cl-1")), ...(await events("cluster", "cluster/cl-1"))].flatMap((event) =>
        /NodeFailed$/.test(event.type) && "nodeId" in event ? [`${event.type} ${event.nodeId}`] : [],
      ),
    /** The stop command of a node does not come to its end before the hold is released. */
    hold: (nodeId: string) => {
      const file = join(directory, "nodes", nodeId, "data", "hold");
      writeFileSync(file, "");
      const stopping = () => notes(nodeId).includes("ending");
      return { stopping, release: () => rmSync(file) };
    },
    create: (clusterId: string, count: number) => {
      const { version, placement } = shop;
      const asked = { clusterId, jobId: `j-${clusterId}`, name: undefined, version, placement, configuration: shop.configuration(count) };
      return send("cluster", { type: "RequestCluster", debug: false, ...asked, ...owner }, `j-${clusterId}`);
    },
    /** Does one action to its end. */
    does: async (type: string, jobId: string, more: object = {}) => {
      await send("cluster", { type, clusterId: "cl-1", jobId, ...more }, jobId);
      await eventually(`${type} is done`, async () =>
        (await all("jobs__v1")).some(({ job_id, status }) => job_id === jobId && status === "successful"),
      );
    },
    job: async (jobId: string) => (await all("jobs__v1")).find(({ job_id }) => job_id === jobId),
    health: async () => (await all("clusterNodes__v2")).map(({ health_status }) => health_status).sort(),
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
  const stops = (await all("tasks__v1")).filter(({ task_action }) => task_action === "StopService");
  assert.deepEqual(
    stops.map(({ status }) => status),
    Array.from({ length: 6 }, () => "successful"),
  );
  assert.deepEqual(await failed(), []);
});

test("a process that dies while another node is stopped is still said to have failed", async (t) => {
  const { create, job, does, failed, running, hold } = await platformOn(t);
  await create("cl-1", 2);
  await eventually("the cluster runs", async () => (await job("j-cl-1"))?.status === "successful");
  const held = hold("cln-1-2");
  const removed = does("DeleteClusterNodes", "j-2", { nodeIds: ["cln-1-2"] });
  await eventually("one node is stopping", held.stopping);
  kill(running("cln-1-1")[0] ?? 0);
  await eventually("the other one is known to have failed", async () => (await failed()).length === 2);
  held.release();
  await removed;
  assert.deepEqual(await failed(), ["NodeFailed cln-1-1", "ClusterNodeFailed cln-1-1"]);
});

test("a machine that is full refuses, and the job says so", async (t) => {
  const { create, job, send } = await platformOn(t, { nodes: 1 });
  await create("cl-1", 2);
  await eventually("the job ends", async () => (await job("j-cl-1"))?.status === "failed");
  const failed = await job("j-cl-1");
  assert.match(String(failed?.message), /RunInstances on cln-1-\d failed: this machine has 1 nodes, at most 1 are allowed/);
  await send("cluster", { type: "DeleteCluster", clusterId: "cl-1", jobId: "j-2", force: false }, "j-2");
  await eventually("it is deleted", async () => (await job("j-2"))?.status === "successful");
  await send("cluster", { type: "CeaseCluster", clusterId: "cl-1", jobId: "j-3", force: false }, "j-3");
  await eventually("it is ceased", async () => (await job("j-3"))?.status === "successful");
  await create("cl-2", 1);
  await eventually("there is room again", async () => (await job("j-cl-2"))?.status === "successful");
});
