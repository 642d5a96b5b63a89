import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Player } from "../../../../events/simulation/instances.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { clusterId, owner, requestCluster, runtimeCommands } from "../../../world/toys/clusters.ts";
import { simulated } from "../../../world/world.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";
import { charts, chartVersion } from "./subject.ts";

const MINUTE = 60_000;
const provider = providerKubernetes.name;

/** A cluster that runs, and is watched. */
const running = async (t: TestContext, instances = 1) => {
  const namespace = fakeNamespace();
  const player: Player = {
    ...{ service: providerKubernetes, instances },
    outside: ({ ports: { clock } }) => outsideOn(namespace.targetAt(clock), clock),
  };
  const platform = await simulated([runtime, cluster, player]);
  t.after(platform.stop);
  const { time, documents, history } = platform;
  for (const command of runtimeCommands(owner, charts.on)) await platform.send("runtime", command);
  await platform.settle();
  const { configuration, secrets } = charts;
  const { placement, ...request } = requestCluster();
  const asked = { ...request, version: chartVersion("appv-1"), configuration, secrets, placement: { ...placement, ...charts.on } };
  assert.equal((await platform.send("cluster", asked)).rejection, null);
  await platform.settle();
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> =>
    assert.ok(await time.run(async () => isSo(), 60 * MINUTE), what);
  await until("it is watched", () => namespace.watchers.size === 1);
  return {
    ...{ ...platform, ...namespace, player, until, release: clusterId },
    nodes: async () => (await documents("cluster", "clusterNodes")).map(({ value }) => value).filter(({ status }) => status !== "deleted"),
    cluster: async () => (await documents("cluster", "clusters"))[0]?.value ?? {},
    /** What the provider has announced since. */
    since: () => {
      const before = history().length;
      return () =>
        history()
          .slice(before)
          .flatMap(({ event, stream }) => (stream.startsWith("kubernetesDeployment/") ? [event.type] : []));
    },
    pass: async (milliseconds: number) => {
      const end = time.clock.now() + milliseconds;
      await time.run(() => time.clock.now() >= end, 2 * milliseconds);
    },
  };
};

test("a pod that is replaced is another node, and one that is gone is none", async (t) => {
  const { change, release, pod, nodes, until } = await running(t);
  const [first] = await nodes();
  change(release, ([, ...others]) => [...others, pod(release)]);
  await until("the new pod is a node", async () => (await nodes()).every(({ node_id }) => node_id !== first?.node_id));
  assert.equal((await nodes()).length, 2);
  change(release, ([one]) => (one ? [one] : []));
  await until("the other one is gone", async () => (await nodes()).length === 1);
});

test("a pod that fails says why, and is healthy again when it stays so", async (t) => {
  const { change, release, nodes, until, since } = await running(t);
  const said = since();
  const reason = "ImagePullBackOff: container web of image missing/web:2";
  change(release, (pods) => pods.map((pod, index) => (index === 0 ? { ...pod, isReady: false, reason } : pod)));
  const isSo = async (health_status: string, health_message: string) =>
    (await nodes()).some((node) => node.health_status === health_status && node.health_message === health_message);
  await until("it is unhealthy", () => isSo("unhealthy", reason));
  change(release, (pods) => pods.map((pod) => ({ ...pod, isReady: true, reason: "" })));
  await until("all are healthy", async () => !(await isSo("unhealthy", reason)));
  assert.deepEqual(said(), ["NodeFailed", "NodeRecovered"]);
});

test("what is changed by hand is said on the cluster, and where it is reached", async (t) => {
  const { finds, release, cluster, until } = await running(t);
  const endpoints = [{ name: "Service/web/http", address: "web.shop.svc", port: 80, protocol: "tcp" }];
  const drift = ["Deployment web: it is to have 5 pods in the place of 2"];
  finds(release, { endpoints, drift });
  const told = async () => (await cluster()).drift as readonly string[]; // As its projection has it.
  await until("it is said", async () => (await told()).length > 0);
  assert.deepEqual(await told(), drift);
  assert.deepEqual(JSON.parse(String((await cluster()).endpoints)), {
    "Service/web/http": { address: "web.shop.svc", port: 80, protocol: "tcp" },
  });
  finds(release, { endpoints, drift: [] });
  await until("it is as it was", async () => (await told()).length === 0);
});

test("a provider that dies looks at how things are when it is back, and reports what differs", async (t) => {
  const { of, start, player, change, release, nodes, until, since, watchers, pass } = await running(t);
  of(provider).crash();
  watchers.clear();
  change(release, ([one]) => (one ? [one] : []));
  const said = since();
  await start(player, 2);
  await until("the pod is missed", async () => (await nodes()).length === 1);
  assert.deepEqual(said(), ["NodesDiscovered"]);
  await until("it is watched", () => watchers.size === 1);
  await pass(3 * MINUTE);
  assert.deepEqual(said(), ["NodesDiscovered"], "nothing else differs");
});

test("one of several instances watches a runtime, and another one goes on when it dies", async (t) => {
  const { instances, change, release, nodes, until, watchers, pass } = await running(t, 2);
  await pass(MINUTE / 2);
  assert.equal(watchers.size, 1);
  // Which of them it is shows when it is gone.
  for (const one of instances().filter(({ name }) => name === provider)) {
    one.crash();
    break;
  }
  change(release, ([one]) => (one ? [one] : []));
  await until("the pod is missed", async () => (await nodes()).length === 1);
});

test("a pod that flaps writes few events, and nothing is watched once the cluster is stopped", async (t) => {
  const { change, release, send, cluster, until, since, watchers, pass } = await running(t);
  const said = since();
  for (let nth = 0; nth < 30; nth++) {
    const isReady = nth % 2 === 1;
    change(release, ([one, ...others]) => (one ? [{ ...one, isReady, reason: isReady ? "" : `CrashLoopBackOff ${nth}` }, ...others] : []));
    await pass(MINUTE / 6);
  }
  assert.ok(said().length < 12, `${said().length} events of 30 changes`);
  assert.equal((await send("cluster", { type: "StopCluster", clusterId, jobId: "j-stop" })).rejection, null);
  await until("it is stopped", async () => (await cluster()).status === "stopped");
  await until("nobody watches", () => watchers.size === 0);
});
