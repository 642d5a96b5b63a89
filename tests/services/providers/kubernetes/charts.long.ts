import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type HelmMajor, installHelm } from "../../../../infra/embedded/helm/install.ts";
import { markerOf } from "../../../../services/packages/secret-markers.ts";
import { TaskFailure } from "../../../../services/providers/kit/effects.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import { releaseOf } from "../../../../services/providers/kubernetes/names.ts";
import { eventually } from "../../../eventually.ts";
import { sealedText } from "../../../sealed.ts";
import { isReal, kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { archiveOfChart, chartFolder, type Outcome, outcomes } from "./charts.ts";
import { openOn } from "./real.ts";

let api: KubernetesApi;
const helm = new Map<HelmMajor, string>();
before(async () => {
  api = await kubernetesApi();
  for (const major of [3, 4] as const) helm.set(major, await installHelm(() => {}, major));
});
after(() => api.stop());

const kinds = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Service",
  "ConfigMap",
  "Secret",
  "PersistentVolumeClaim",
  "Room",
  "Ingress",
  "Role",
];
const namesOf = async (kind: string, namespace: string): Promise<readonly string[]> =>
  (await api.all(kind, namespace)).map(({ metadata }) => String(metadata.name)).sort();

/** Waits until the namespace has these things, since controllers take their time. What is wrong is shown. */
const holds = async (namespace: string, expected: { readonly [kind: string]: readonly string[] }): Promise<void> => {
  let found = {};
  const isSo = async () => {
    found = Object.fromEntries(
      await Promise.all(Object.keys(expected).map(async (kind) => [kind, await namesOf(kind, namespace)] as const)),
    );
    return isDeepStrictEqual(found, expected);
  };
  await eventually("the namespace has these things", isSo, isReal ? 20_000 : 100).catch(() => {});
  assert.deepEqual(found, expected);
};

let spaces = 0;
const documents = (model: string) =>
  ({
    clusterOwners: { runtime_id: "runtime-1", ceased: false },
    runtimes: { credential_id: "runtimec-1", deleted: false },
    credentials: { sealed_content: "sealed" },
  })[model];

/** Deploys a chart as a provider does, and takes it away again. */
const comesOut = async (
  major: HelmMajor,
  { chart, values = "", fails, nodes, holds: expected = {}, leaves = {} }: Outcome,
): Promise<void> => {
  const namespace = `charts-${++spaces}`;
  const known = async (model: string) => ["cl-1", "runtime-1", "runtimec-1"].map((id) => ({ id, value: documents(model) ?? {} }));
  const given = { values, chart: await archiveOfChart(chart), readySeconds: fails ? 1 : 20 };
  const outside = await openOn(api, helm.get(major) ?? "", known, given);
  const description = {
    ...{ packageOwner: "repo", packageDigest: "sha256:1", zone: namespace, configuration: markerOf("") },
    secrets: [{ path: "", sealed: sealedText("values") }],
    scales: [],
  };
  let found: readonly { readonly role: string }[] | undefined;
  const run = async (action: string): Promise<void> => {
    const context = { outside, clusterId: "cl-1", jobId: "j-1", current: { description }, nodes: {}, signal: new AbortController().signal };
    const report = async ({ nodes = found }: { readonly nodes?: typeof found }) => {
      found = nodes;
    };
    const task = { taskId: `t-${action}`, nodeId: "", action, directive: "{}", failureAllowed: false };
    await tasks[action]?.(task, { ...context, report } as never); // The tasks read these fields only.
  };
  const deploy = async (): Promise<string> => {
    try {
      await run("ApplyRelease");
      await run("AwaitPods");
      return "";
    } catch (error) {
      if (error instanceof TaskFailure) return error.message;
      throw error;
    }
  };
  const said = await deploy();
  assert.match(said, fails ?? /^$/);
  const roles = new Map<string, number>();
  for (const { role } of found ?? []) roles.set(role, (roles.get(role) ?? 0) + 1);
  if (nodes) assert.deepEqual(Object.fromEntries(roles), nodes);
  if (!fails) {
    const cluster = { clusterId: "cl-1", namespace };
    const { drift } = await outside.withTarget(cluster, (target) => target.inspect(releaseOf("cl-1"), new Map()));
    assert.deepEqual(drift, [], "it is as it was deployed");
  }
  await holds(namespace, expected);
  await run("RemoveRelease");
  await holds(namespace, { ...Object.fromEntries(kinds.map((kind) => [kind, []])), ...leaves });
  await run("RemoveVolumes");
  await holds(namespace, { PersistentVolumeClaim: [] });
};

for (const major of isReal ? ([3, 4] as const) : ([4] as const))
  suite(`charts with Helm ${major}`, { concurrency: 4 }, () => {
    for (const outcome of outcomes)
      test(`chart ${outcome.chart} with Helm ${major} ${outcome.fails ? "fails and says why" : "is deployed"}${outcome.values ? `: ${outcome.values}` : ""}`, () =>
        comesOut(major, outcome));
  });

test("a watch is told of what changes, of each kind that is followed", async () => {
  const cluster = { clusterId: "cl-1", namespace: "followed" };
  const known = async (model: string) => ["cl-1", "runtime-1", "runtimec-1"].map((id) => ({ id, value: documents(model) ?? {} }));
  const outside = await openOn(api, helm.get(4) ?? "", known);
  const archive = await archiveOfChart("described");
  const [stop, seen] = [new AbortController(), new Set<string>()];
  let lists = 0;
  await outside.withTarget(cluster, async (target) => {
    await target.ensureNamespace();
    await target.upgrade(releaseOf("cl-1"), { archive, values: "", labels: { a: "b" } }, stop.signal);
    await eventually("its pod is ready", async () => (await target.observe(releaseOf("cl-1"))).pods.some(({ isReady }) => isReady));
    const following = target.follow((object) => {
      if (object) seen.add(object.kind);
      else lists += 1;
    }, stop.signal);
    await eventually("all kinds are listed", async () => lists === 8);
    await target.uninstall(releaseOf("cl-1"), stop.signal);
    const gone = ["Deployment", "Ingress", "Pod", "Secret", "Service"];
    await eventually("what has gone is seen", async () => gone.every((kind) => seen.has(kind)), 20_000).catch(() => {});
    assert.deepEqual([...seen].sort(), gone);
    stop.abort();
    await following;
  });
});

test("the charts are what helm calls good charts", () => {
  const names = readdirSync(chartFolder).sort();
  assert.deepEqual([...new Set(outcomes.map(({ chart }) => chart))].sort(), names, "each chart has an outcome");
  for (const program of helm.values()) {
    const said = execFileSync(program, ["lint", "--strict", "--kube-version", "1.99.0", ...names], { cwd: chartFolder, encoding: "utf8" });
    assert.match(said, new RegExp(`${names.length} chart\\(s\\) linted, 0 chart\\(s\\) failed`));
  }
});
