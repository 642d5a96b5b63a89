import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { buildRepository } from "../../../../infra/demo/repository.ts";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import type { Target } from "../../../../services/providers/kubernetes/ports.ts";
import { eventually } from "../../../eventually.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { authority } from "../../chassis/tls/authority.ts";
import { chart, openOn } from "./real.ts";

let api: KubernetesApi;
let helm: string;
before(async () => {
  [api, helm] = await Promise.all([kubernetesApi(), installHelm(() => {})]);
});
after(() => api.stop());

const documents: { readonly [model: string]: { readonly id: string; readonly value: { readonly [field: string]: unknown } } } = {
  clusterOwners: { id: "cl-1", value: { runtime_id: "runtime-1", ceased: false } },
  runtimes: { id: "runtime-1", value: { credential_id: "runtimec-1", deleted: false } },
  credentials: { id: "runtimec-1", value: { sealed_content: "sealed" } },
};
type More = NonNullable<Parameters<typeof openOn>[3]> & { readonly changed?: { readonly [model: string]: object }; readonly helm?: string };
const opened = ({ changed = {}, helm: program = helm, ...more }: More = {}) =>
  openOn(
    api,
    program,
    async (model) => {
      const found = documents[model];
      return found ? [{ ...found, value: { ...found.value, ...changed[model] } }] : [];
    },
    more,
  );
let spaces = 0;
/** Installs a chart into a namespace of its own. */
const installs = async (more: More = {}, namespace = `outside-${++spaces}`): Promise<string> => {
  const outside = await opened(more);
  await outside.withTarget({ clusterId: "cl-1", namespace }, async (target) => {
    await target.ensureNamespace();
    const archive = await outside.fetchPackage("repo", "sha256:1");
    await target.upgrade(
      "cl-1",
      { archive, values: await outside.open("" as never, { stream: "cluster/cl-1", field: "" }), labels: { a: "b" } },
      new AbortController().signal,
    );
  });
  return namespace;
};
const refused = (more: More, why: RegExp) => assert.rejects(installs(more), { name: "KubernetesError", message: why });
const nothingIn = async (namespace: string) => {
  const found = await Promise.all(["Secret", "Deployment"].map((kind) => api.all(kind, namespace)));
  assert.deepEqual(found.flat(), []);
};

test("an address that the operator has not allowed is refused before anything is sent", async () => {
  const before = api.requests.length;
  await refused({ privateNetworks: [] }, /127\.0\.0\.1:\d+ is in a private network that this platform does not allow/);
  await refused(
    { kubeconfig: api.kubeconfig({ cluster: { server: "https://unknown.invalid" } }) },
    /its server unknown\.invalid is unknown/,
  );
  assert.equal(api.requests.length, before);
});

test("an API server that is not the one of the kubeconfig's authority gets nothing", async () => {
  const { ca } = authority();
  const other = { "certificate-authority-data": readFileSync(ca).toString("base64") };
  const before = api.requests.length;
  await refused({ kubeconfig: api.kubeconfig({ cluster: other }) }, /the certificate of the API server is not trusted/);
  await refused(
    { kubeconfig: api.kubeconfig({ cluster: { "tls-server-name": "elsewhere" } }) },
    /the certificate of the API server is not trusted/,
  );
  assert.equal(api.requests.length, before);
});

test("a credential that the API server does not know, or does not allow enough, is refused", async () => {
  await refused({ kubeconfig: api.kubeconfig({ user: { token: "wrong" } }) }, /does not know the credential of the runtime/);
  api.meddle(({ method, path }) => (method === "POST" && path === "/api/v1/namespaces" ? 403 : undefined));
  await refused({}, /namespace \[outside-\d+\] does not exist, and may not be created/);
  api.meddle(() => undefined);
});

test("what helm refuses is said, and nothing is made", async () => {
  const schema = JSON.stringify({ properties: { replicas: { type: "integer", maximum: 1 } } });
  const limited = await chart("sha256:1", { "shop/values.schema.json": schema });
  const newer = await chart("sha256:1", { "shop/Chart.yaml": 'apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: ">=1.99.0"\n' });
  const broken = await chart("sha256:1", { "shop/templates/web.yaml": '{{ fail "no luck" }}' });
  for (const [more, why] of [
    [{ chart: limited }, /replicas/],
    [{ chart: newer }, /requires kubeVersion: >=1\.99\.0/],
    [{ chart: broken }, /no luck/],
    [{ chart: new TextEncoder().encode("no chart") }, /gzip|chart/],
  ] as const) {
    await refused(more, why);
    await nothingIn(`outside-${spaces}`);
  }
});

test("a helm that is not there is said, and an API server that does not answer is an outage", async () => {
  await refused({ helm: "/nowhere/helm" }, /there is no helm here: \/nowhere\/helm was not found/);
  api.meddle(() => 503);
  await assert.rejects(installs(), { name: "Error", message: /answers 503/ });
  api.meddle(() => undefined);
});

test("an API server that is busy is asked again when it says", async () => {
  let busy = 1;
  api.meddle(({ path }) => (path.endsWith("/secrets") && busy-- > 0 ? { status: 429, retryAfter: 1 } : undefined));
  const outside = await opened();
  const began = Date.now();
  await outside.withTarget({ clusterId: "cl-1", namespace: "busy" }, async (target) =>
    assert.deepEqual([await target.revisions("cl-1"), Date.now() - began >= 1_000], [[], true]),
  );
  api.meddle(() => undefined);
});

test("what is left of a cluster that has ceased, or on a deleted runtime, may only be removed", async () => {
  await refused({ changed: { clusterOwners: { ceased: true } } }, /cluster cl-1 has ceased/);
  await refused({ changed: { runtimes: { deleted: true } } }, /runtime runtime-1 is deleted/);
  const namespace = await installs();
  assert.equal((await api.all("Deployment", namespace)).length, 1);
  const outside = await opened({ changed: { clusterOwners: { ceased: true }, runtimes: { deleted: true } } });
  await outside.withTarget({ clusterId: "cl-1", namespace, removing: true }, (target) =>
    target.uninstall("cl-1", new AbortController().signal),
  );
  await nothingIn(namespace);
});

test("a pod that does not get ready says why: its image, or the scheduler's words", async () => {
  const outside = await opened({ values: "image: missing/shop:1" });
  const namespace = await installs({ values: "image: missing/shop:1" });
  const pending = await chart("sha256:1", {
    "shop/templates/web.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec: { selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { nodeSelector: { gpu: "yes" }, containers: [{ name: db, image: db }] } } }
`,
  });
  const other = await installs({ chart: pending });
  const seen = await Promise.all(
    [namespace, other].map((each) =>
      outside.withTarget({ clusterId: "cl-1", namespace: each }, (target) =>
        eventually("the pod's reason is known", async () => {
          const observed = await target.observe("cl-1");
          return /: /.test(observed.pods[0]?.reason ?? "") && observed;
        }),
      ),
    ),
  );
  assert.deepEqual(
    seen.map(({ workloads }) => workloads.map(({ isReady, progress }) => [isReady, progress])),
    [[[false, "0 of 1 pods are ready"]], [[false, "0 of 1 pods are ready"]]],
  );
  const [image, scheduled] = seen.map(({ pods }) => pods[0]?.reason ?? "");
  assert.match(image ?? "", /^ImagePullBackOff: container web of image missing\/shop:1: Back-off pulling image/);
  assert.match(scheduled ?? "", /^Pending: 0\/1 nodes are available: .*node affinity\/selector/);
});

test("a watch sees that somebody scales a workload, and the next action takes it back whoever has the field", async () => {
  const outside = await opened({ values: "replicas: 1" });
  const namespace = await installs({ values: "replicas: 1" });
  const on = <T>(use: (target: Target) => Promise<T>) => outside.withTarget({ clusterId: "cl-1", namespace }, use);
  const [seen, stop, none] = [new Set<string>(), new AbortController(), new Map<string, number>()];
  const following = on((target) => target.follow((object) => seen.add(object?.kind ?? ""), stop.signal));
  await eventually("it looks at everything first", async () => seen.has(""));
  await on((target) => target.setReplicas({ kind: "Deployment", name: "cl-1-web" }, 3));
  await eventually("it sees the pods", async () => seen.has("Pod") && seen.has("Deployment"));
  await eventually("there are three", async () => (await on((target) => target.observe("cl-1"))).pods.length === 3);
  const drift = async () => (await on((target) => target.inspect("cl-1", none))).drift;
  assert.deepEqual(await drift(), ["Deployment cl-1-web: it is to have 3 pods in the place of 1"]);
  await installs({ values: "replicas: 1" }, namespace);
  assert.deepEqual(await drift(), []);
  stop.abort();
  await following;
});

test("the demo's chart is linted, installed and upgraded by helm", async () => {
  const folder = temporaryDirectory();
  const charts = (await buildRepository()).packages.filter(({ type }) => type === "helm");
  const outside = await opened();
  const signal = new AbortController().signal;
  await outside.withTarget({ clusterId: "cl-1", namespace: "bookinfo" }, async (target) => {
    await target.ensureNamespace();
    for (const { version, bytes: archive } of charts) {
      const file = join(folder, `bookinfo-${version}.tgz`);
      writeFileSync(file, archive);
      assert.match(execFileSync(helm, ["lint", "--strict", file], { encoding: "utf8" }), /0 chart\(s\) failed/);
      assert.match(execFileSync(helm, ["template", "cl-1", file], { encoding: "utf8" }), /kind: Deployment/);
      await target.upgrade("cl-1", { archive, values: "", labels: { a: version } }, signal);
      await eventually("its workloads are ready", async () => {
        const { workloads } = await target.observe("cl-1");
        return workloads.length >= 4 && workloads.every(({ isReady }) => isReady);
      });
    }
    assert.deepEqual(
      (await target.revisions("cl-1")).map(({ status, labels }) => [status, labels.a]),
      charts.map(({ version }, index) => [index === charts.length - 1 ? "deployed" : "superseded", version]),
    );
  });
});

test("nothing of an action stays on this machine: its folder is gone", async () => {
  const directories: string[] = [];
  const outside = await openOn(api, helm, async (model) => (documents[model] ? [documents[model]] : []), { directories });
  await outside.withTarget({ clusterId: "cl-1", namespace: await installs() }, (target) =>
    target.rollback("cl-1", 1, new AbortController().signal),
  );
  assert.deepEqual(readdirSync(directories[0] ?? ""), []);
});
