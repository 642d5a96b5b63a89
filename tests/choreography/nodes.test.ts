import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnySignal } from "../../events/effect.ts";
import type { NodeState, ProcessExit, ProcessRestart } from "../../services/providers/local/machine/types.ts";
import { nodeReports, type Watched } from "../../services/providers/local/signals.ts";
import { clusterId, clusterStory } from "../world/toys/clusters.ts";
import { provider } from "../world/toys/provider.ts";

const nodeId = "cln-story-1";

/** A machine of which is told only what a test says. */
const watchedMachine = () => {
  const processes = new Map<string, NodeState["process"]>();
  const exits = new Set<(exit: ProcessExit) => void>();
  const restarts = new Set<(restart: ProcessRestart) => void>();
  const state = (id: string): NodeState => ({
    ...{ nodeId: id, clusterId, role: "productpage", serverId: 1, address: "", instanceId: "", directory: "", package: "", commands: [] },
    process: processes.get(id) ?? { status: "stopped", restarts: 0 },
  });
  const all = async () => [...processes.keys()].map(state);
  const machine: Watched["machine"] = {
    describe: async (id) => (processes.has(id) ? state(id) : undefined),
    list: all,
    adopt: all,
    onExit: (listener) => {
      exits.add(listener);
      return () => void exits.delete(listener);
    },
    onRestart: (listener) => {
      restarts.add(listener);
      return () => void restarts.delete(listener);
    },
  };
  return {
    machine,
    set: (process: NodeState["process"]) => void processes.set(nodeId, process),
    dies: (times = 0): void => {
      processes.set(nodeId, { status: "restarting", restarts: times });
      for (const listener of exits) listener({ nodeId, code: 1, signal: null, restarts: times });
    },
    runs: (pid: number, times = 1): void => {
      processes.set(nodeId, { status: "running", restarts: times, pid, startedAt: 0 });
      for (const listener of restarts) listener({ nodeId, pid, restarts: times });
    },
    listeners: () => exits.size + restarts.size,
  };
};

const watched = async () => {
  const watching = watchedMachine();
  const errors: unknown[] = [];
  const outside: Watched = { machine: watching.machine, report: (error) => void errors.push(error) };
  const signals: readonly AnySignal<unknown>[] = [
    { issues: nodeReports.issues, start: (context) => nodeReports.start({ ...context, outside }) },
  ];
  const service = provider(undefined, { signals });
  const platform = await clusterStory({ service });
  const news = () => platform.story().filter((type) => /Node(Failed|Recovered)$/.test(type));
  const health = async () => {
    const nodes = await platform.documents("cluster", "clusterNodes");
    return nodes.find(({ id }) => id === nodeId)?.value.health_status;
  };
  /** The provider's process starts anew and takes over. */
  const another = () => platform.start({ service }, 2);
  return { ...watching, platform, news, health, another };
};

test("a process that dies makes its node unhealthy, and it is well again once its successor has stayed up", async () => {
  const { platform, dies, runs, news, health } = await watched();
  assert.equal(await health(), "healthy");
  dies();
  await platform.settle();
  assert.equal(await health(), "unhealthy");
  const failure = platform.history().find(({ event }) => event.type === "ClusterNodeFailed");
  assert.deepEqual(failure?.event, { type: "ClusterNodeFailed", clusterId, nodeId, reason: "its process ended with code 1" });
  runs(7);
  await platform.settle();
  assert.equal(await health(), "healthy");
  assert.deepEqual(news(), ["NodeFailed", "ClusterNodeFailed", "NodeRecovered", "ClusterNodeRecovered"]);
  await platform.stop();
});

test("one that dies again and again is told of once, until it stays up", async () => {
  const { platform, dies, runs, news, health } = await watched();
  for (let times = 0; times < 5; times++) {
    dies(times);
    runs(10 + times, times + 1);
    await platform.during(platform.time.clock.sleep(1_000));
  }
  dies(5);
  await platform.settle();
  assert.deepEqual([news(), await health()], [["NodeFailed", "ClusterNodeFailed"], "unhealthy"]);
  runs(20, 6);
  await platform.settle();
  assert.equal(await health(), "healthy");
  await platform.stop();
});

test("a provider that starts tells how every node is: what was lost comes to light, what is known changes nothing", async () => {
  const { platform, set, news, health, another } = await watched();
  set({ status: "restarting", restarts: 3 });
  await another();
  await platform.settle();
  assert.deepEqual([news(), await health()], [["NodeFailed", "ClusterNodeFailed"], "unhealthy"]);
  await another();
  await platform.settle();
  assert.equal(news().length, 2);
  set({ status: "running", restarts: 4, pid: 9, startedAt: 0 });
  await another();
  await platform.settle();
  assert.equal(await health(), "healthy");
  await another();
  await platform.settle();
  assert.equal(news().length, 4);
  await platform.stop();
});

test("news of a stopped cluster's nodes, of unknown nodes and of the past are no news", async () => {
  const { platform, dies, set, news, health, listeners } = await watched();
  dies();
  await platform.settle();
  await platform.send("cluster", { type: "StopCluster", clusterId, jobId: "j-2" });
  await platform.settle();
  assert.equal(await health(), "");
  await platform.send("provider-local", { type: "NoteNodeRecovered", clusterId, nodeId });
  dies(1);
  await platform.send("provider-local", { type: "NoteNodeFailed", clusterId, nodeId: "cln-other-1", reason: "?" });
  await platform.settle();
  assert.equal(await health(), "");
  assert.equal(news().filter((type) => type === "ClusterNodeFailed").length, 1);
  set({ status: "stopped", restarts: 0 });
  await platform.stop();
  assert.equal(listeners(), 0);
});
