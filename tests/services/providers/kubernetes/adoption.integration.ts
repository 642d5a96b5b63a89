import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { type HelmMajor, installHelm } from "../../../../infra/embedded/helm/install.ts";
import { TaskFailure } from "../../../../services/providers/kit/effects.ts";
import { CLUSTER_LABEL } from "../../../../services/providers/kubernetes/names.ts";
import type { Revision, Target } from "../../../../services/providers/kubernetes/ports.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { eventually } from "../../../eventually.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { isReal, kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { clusterId, owner, requestCluster, runtimeCommands } from "../../../world/toys/clusters.ts";
import type { Tamper } from "../contract.ts";
import { crashingProvider } from "./crashing.ts";
import { chart, openedOn, openOn } from "./real.ts";
import { charts, chartVersion } from "./subject.ts";

const provider = providerKubernetes.name;
const majors: readonly HelmMajor[] = isReal ? [3, 4] : [4];
let api: KubernetesApi;
const helms = new Map<HelmMajor, string>();
before(async () => {
  api = await kubernetesApi();
  for (const major of majors) helms.set(major, await installHelm(() => {}, major));
});
after(() => api.stop());

let spaces = 0;
/** A namespace with release `shop` that somebody has installed by hand, and a cluster that is to take it over. */
const bench = async (t: TestContext, major: HelmMajor, tamper: Tamper = async () => {}) => {
  const [zone, folder, program] = [`adopted-${++spaces}`, temporaryDirectory(), helms.get(major) ?? ""];
  writeFileSync(join(folder, "kubeconfig"), api.kubeconfig());
  writeFileSync(join(folder, "chart.tgz"), await chart("sha256:1"));
  const helm = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(program, [...args, "--namespace", zone, "--kubeconfig", "kubeconfig"], { cwd: folder })).stdout;
  await helm("install", "shop", "chart.tgz", "--create-namespace", "--set", "image=theirs:1", "--labels", "team=shop");
  const { world, outside, crash, restart } = await crashingProvider(t, tamper, (documents) => openOn(api, program, documents));
  for (const command of runtimeCommands(owner, { provider: "kubernetes", zone })) await world.send("runtime", command);
  const knows = async (service: string, model: string) => (await world.documents(service, model)).length > 0;
  await eventually("the runtime is known", async () => (await knows("cluster", "runtimes")) && knows(provider, "credentials"));

  /** What the provider finds of the release, for a version with the chart, by the kubeconfig. */
  const inquire = async (more: object = {}, archive?: Uint8Array, kubeconfig?: string) => {
    const given = { ...(archive && { chart: archive }), ...(kubeconfig && { kubeconfig }) };
    const { inquiries } = await openedOn(api, program, (model) => world.documents(provider, model), given);
    const about = { runtime_credential_id: "runtimec-1", zone, release: "shop", package_owner: "repo", package_digest: "sha256:1" };
    return inquiries?.release?.({ ...about, ...more });
  };
  const stateOf = async () => (await world.documents("cluster", "clusters"))[0]?.value ?? {};
  /** Asks for an action, and says how it has ended. */
  const act = async (type: string, more: object = {}): Promise<unknown> => {
    const jobId = `j-${type}`;
    assert.equal((await world.send("cluster", { ...more, type, clusterId, jobId })).rejection, null);
    return eventually(
      `${type} is over`,
      async () => {
        const status = (await world.documents("cluster", "jobs")).find(({ id }) => id === jobId)?.value.status;
        return ["successful", "failed"].includes(String(status)) && status;
      },
      60_000,
    );
  };
  /** Takes the release over, as the provider finds it. */
  const adopt = async (): Promise<unknown> => {
    const found = (await inquire()) ?? {};
    const { placement, type: _, ...request } = requestCluster();
    const { configuration, secrets } = charts;
    const adopted = { release: "shop", revision: String(found.revision) };
    const placed = { ...placement, ...charts.on, zone, adopted };
    return act("RequestCluster", { ...request, version: chartVersion("appv-1"), configuration, secrets, placement: placed });
  };
  const revisions = async () => {
    const secrets = (await api.all("Secret", zone)).filter(({ metadata }) => metadata.labels?.owner === "helm");
    return secrets.map(({ metadata }) => metadata.labels).toSorted((a, b) => Number(a.version) - Number(b.version));
  };
  /** The image of the only workload, and the number of its pods once its controller has made them. */
  const runs = async (image: string, pods: number): Promise<void> => {
    let found: unknown;
    await eventually(`${pods} pods of ${image}`, async () => {
      const images = (await api.all("Pod", zone)).map(({ spec }) => spec.containers[0].image);
      found = images;
      return images.length === pods && images.every((each) => each === image);
    }).catch(() => assert.fail(`${JSON.stringify(found)} in the place of ${pods} pods of ${image}`));
  };
  const nodes = async () =>
    (await world.documents("cluster", "clusterNodes")).filter(({ value }) => !["deleted", "ceased"].includes(String(value.status)));
  const on = (use: (target: Target) => Promise<void>) => outside.withTarget({ clusterId, namespace: zone }, use);
  return {
    ...{ api, zone, helm, world, act, adopt, inquire, stateOf, revisions, runs, nodes, on, crash, restart },
  };
};

for (const major of majors) {
  test(`a release that was installed by hand becomes a cluster with Helm ${major}, and lives on as one that the platform has made`, async (t) => {
    const { zone, act, adopt, inquire, stateOf, revisions, runs, nodes, on, helm } = await bench(t, major);
    const refused = async (more: object) => String((await inquire(more))?.refused);
    assert.equal(await refused({ release: "other" }), `namespace ${zone} has no release other`);
    assert.match(await refused({ release: "../x" }), /cannot be the name of a release$/);
    const { revision, values } = (await inquire()) ?? {};
    assert.match(String(revision), /^[0-9a-f-]{36}$/);
    assert.equal(values, '{"image":"theirs:1"}');
    assert.equal(
      (await inquire({}, undefined, api.kubeconfig({ user: { token: api.tokens.nobody } })))?.refused,
      `the credential of the runtime may not patch secrets in namespace [${zone}]`,
    );
    const other = await chart("sha256:1", { "shop/Chart.yaml": "apiVersion: v2\nname: market\nversion: 1.0.0\n" });
    assert.equal((await inquire({}, other))?.refused, "release shop is of chart [shop], and the version of chart [market]");

    assert.equal(await adopt(), "successful");
    assert.equal((await stateOf()).status, "active");
    await runs("nginx:1", 2);
    assert.equal((await nodes()).length, 2);
    const [first, second] = await revisions();
    assert.deepEqual([first.status, second.status, second.team, second[CLUSTER_LABEL]], ["superseded", "deployed", "shop", clusterId]);
    assert.deepEqual(await inquire(), { cluster: clusterId });
    await on(async (target) => {
      const newest = async () => (await target.revisions("shop")).at(-1) ?? assert.fail();
      const read = await newest();
      const labelled = (revision: Revision, probe: string | null) => target.label("shop", revision, { probe });
      assert.equal(await labelled(read, "one"), true);
      assert.equal(await labelled(read, "two"), false, "it was changed since it was read");
      assert.equal((await newest()).labels.probe, "one");
      assert.equal(await labelled(await newest(), null), true);
      assert.deepEqual((await newest()).labels, read.labels);
      assert.equal(await labelled({ ...read, revision: 99 }, "three"), false, "it is gone");
    });

    assert.equal(await act("UpgradeCluster", { version: chartVersion("appv-2") }), "successful");
    assert.equal((await api.all("ConfigMap", zone)).filter(({ metadata }) => metadata.name === "shop-settings").length, 1);
    if (isReal) {
      assert.equal(await act("RollbackCluster"), "successful");
      assert.equal(await act("AddClusterNodes", { role: "shop-web", count: 1 }), "successful");
      await runs("nginx:1", 3);
      assert.equal(await act("StopCluster"), "successful");
      assert.equal(await act("StartCluster"), "successful");
    }
    assert.equal((await stateOf()).status, "active");
    assert.deepEqual(
      JSON.parse(await helm("list", "--output", "json")).map(({ name }: { readonly name: string }) => name),
      ["shop"],
    );
    assert.equal(await act("DeleteCluster", { force: false }), "successful");
    assert.deepEqual(await revisions(), []);
    await runs("", 0);
  });

  test(`an import that fails leaves the release as it was with Helm ${major}, also when its cluster is deleted and ceased`, async (t) => {
    const { act, adopt, stateOf, revisions, runs, nodes, helm } = await bench(t, major, async ({ action, failureAllowed }) => {
      if (action === "AwaitPods" && !failureAllowed) throw new TaskFailure("not ready");
    });
    assert.equal(await adopt(), "failed");
    const isTheirs = async (): Promise<void> => {
      await runs("theirs:1", 1);
      assert.deepEqual(JSON.parse(await helm("get", "values", "shop", "--output", "json")), { image: "theirs:1" });
      const all = await revisions();
      assert.deepEqual(
        all.map(({ status, team, [CLUSTER_LABEL]: its, "pitrix-task": task }) => [status, team, its, task]),
        ["superseded", "superseded", "deployed"].map((status) => [status, "shop", undefined, undefined]),
      );
    };
    await isTheirs();
    assert.deepEqual([(await stateOf()).status, await nodes()], ["pending", []]);
    for (const type of ["DeleteCluster", "CeaseCluster"]) assert.equal(await act(type, { force: false }), "successful");
    await isTheirs();
  });

  if (isReal)
    test(`a provider that dies while it takes over a release with Helm ${major} goes on`, async (t) => {
      let crashed = false;
      const dies: Tamper = async ({ action }, when) => {
        if (crashed || action !== "ApplyRelease" || when !== "after") return;
        crashed = true;
        one.crash();
        await new Promise(() => {});
      };
      const one = await bench(t, major, dies);
      const over = one.adopt();
      await eventually("the provider has crashed", async () => crashed);
      await one.restart();
      assert.equal(await over, "successful");
      assert.deepEqual(
        (await one.revisions()).map(({ status }) => status),
        ["superseded", "deployed"],
      );
      await one.runs("nginx:1", 2);
    });
}
