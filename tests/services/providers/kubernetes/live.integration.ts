import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import type { Changed, Target } from "../../../../services/providers/kubernetes/ports.ts";
import { choosePods, scaleWorkloads, stopWorkloads } from "../../../../services/providers/kubernetes/scaling.ts";
import { eventually } from "../../../eventually.ts";
import { type FakeApi, fakeApi } from "../../../world/kubernetes-api.ts";
import { chartFolder } from "./charts.ts";
import { chart, openOn } from "./real.ts";

const clusterId = "cl-1";
const none = new Map<string, number>();
const endless = new AbortController().signal;
let [api, helm, spaces]: [FakeApi, string, number] = [undefined as never, "", 0]; // Before the tests.
before(async () => {
  [api, helm] = await Promise.all([fakeApi(), installHelm(() => {})]);
});
after(() => api.stop());

/** A namespace of its own with a release of a chart. */
const released = async (files: { readonly [path: string]: string } = {}, values = "replicas: 2") => {
  const namespace = `live-${++spaces}`;
  const documents: { readonly [model: string]: readonly { readonly id: string; readonly value: { readonly [field: string]: unknown } }[] } =
    {
      clusterOwners: [{ id: clusterId, value: { runtime_id: "runtime-1", ceased: false } }],
      runtimes: [{ id: "runtime-1", value: { credential_id: "runtimec-1", deleted: false } }],
      credentials: [{ id: "runtimec-1", value: { sealed_content: "sealed" } }],
    };
  const outside = await openOn(api, helm, async (model) => documents[model] ?? []);
  const on = <T>(use: (target: Target) => Promise<T>) => outside.withTarget({ clusterId, namespace }, use);
  const archive = await chart("sha256:2", files);
  const upgrade = () => on((target) => target.upgrade(clusterId, { archive, values, labels: { a: "b" } }, endless));
  await on((target) => target.ensureNamespace());
  return { namespace, on, upgrade, at: (path: string, group = "api/v1") => `/${group}/namespaces/${namespace}/${path}` };
};

test("what is changed by hand is said, with where the release is reached; and an action takes it back", async () => {
  const { on, upgrade, at, namespace } = await released();
  await upgrade();
  const inspected = () => on((target) => target.inspect(clusterId, none));
  const endpoint = { name: "Service/cl-1-web/80", address: `cl-1-web.${namespace}.svc`, port: 80, protocol: "tcp" };
  assert.deepEqual(await inspected(), { drift: [], endpoints: [endpoint] });
  api.change(at("deployments/cl-1-web", "apis/apps/v1"), (web) => ({
    ...web,
    spec: {
      ...web.spec,
      replicas: 5,
      template: { ...web.spec.template, spec: { containers: [{ ...web.spec.template.spec.containers[0], image: "mine:1" }] } },
    },
  }));
  api.change(at("configmaps/cl-1-settings"), (map) => ({ ...map, data: { greeting: "ciao", more: "x" } }));
  api.change(at("services/cl-1-web"), () => undefined);
  assert.deepEqual((await inspected()).drift.toSorted(), [
    "ConfigMap cl-1-settings: greeting was changed",
    "ConfigMap cl-1-settings: more was changed",
    "Deployment cl-1-web: container web has image mine:1 in the place of nginx:1",
    "Deployment cl-1-web: it is to have 5 pods in the place of 2",
    "Service cl-1-web does not exist",
  ]);
  await upgrade();
  assert.deepEqual(
    (await inspected()).drift.filter((each) => !each.includes("more was changed")),
    [],
  );
  const five = new Map([["cl-1-web", 5]]);
  assert.deepEqual(
    (await on((target) => target.inspect(clusterId, five))).drift.at(-1),
    "Deployment cl-1-web: it is to have 2 pods in the place of 5",
  );
});

const secret = `apiVersion: v1
kind: Secret
metadata: { name: cl-1-key, labels: { app.kubernetes.io/managed-by: Helm } }
stringData: { key: hunter22 }
`;

const described = readFileSync(join(chartFolder, "described/templates/described.yaml"), "utf8");

test("each kind of a chart says what is changed by hand, and nothing before", async () => {
  const { on, upgrade, at } = await released({ "shop/templates/described.yaml": described });
  await upgrade();
  const drift = () => on(async (target) => (await target.inspect(clusterId, none)).drift.toSorted());
  assert.deepEqual(await drift(), []);
  const spec =
    (more: object): Parameters<FakeApi["change"]>[1] =>
    (thing) => ({ ...thing, spec: { ...thing.spec, ...more } });
  const subjects = [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "mallory" }];
  api.change(at("rolebindings/web", "apis/rbac.authorization.k8s.io/v1"), (binding) => ({ ...binding, subjects }));
  api.change(at("roles/web", "apis/rbac.authorization.k8s.io/v1"), (role) => ({
    ...role,
    rules: [...role.rules, { apiGroups: [""], resources: ["secrets"], verbs: ["*"] }],
  }));
  api.change(at("cronjobs/nightly", "apis/batch/v1"), spec({ schedule: "* * * * *", suspend: true }));
  api.change(at("ingresses/web", "apis/networking.k8s.io/v1"), spec({ rules: [{ host: "elsewhere.example" }] }));
  api.change(at("networkpolicies/web", "apis/networking.k8s.io/v1"), spec({ ingress: [{}] }));
  api.change(at("poddisruptionbudgets/web", "apis/policy/v1"), () => undefined);
  api.change(at("horizontalpodautoscalers/web", "apis/autoscaling/v2"), spec({ maxReplicas: 50 }));
  api.change(at("secrets/web"), (thing) => ({ ...thing, data: { ...thing.data, key: "bWluZQ==" } }));
  assert.deepEqual(await drift(), [
    "CronJob nightly: schedule was changed",
    "HorizontalPodAutoscaler web: maxReplicas was changed",
    "Ingress web: rules was changed",
    "NetworkPolicy web: ingress was changed",
    "PodDisruptionBudget web does not exist",
    "Role web: rules was changed",
    "RoleBinding web: subjects was changed",
    "Secret web: key was changed",
  ]);
});

test("a watch says what has changed, goes on after an outage, and looks at everything when the server has forgotten", async () => {
  const { on, upgrade, at } = await released({ "shop/templates/key.yaml": secret });
  await upgrade();
  const seen: (string | undefined)[] = [];
  const stop = new AbortController();
  const note = (object?: Changed) => seen.push(object?.kind);
  const following = on((target) => target.follow(note, stop.signal));
  const all = 8;
  const open = api.watches();
  await eventually("all are watched", async () => api.watches() >= open + all && seen.length >= all);
  seen.length = 0;
  api.change(at("pods/cl-1-web-0"), (pod) => ({ ...pod, status: { phase: "Failed" } }));
  api.change(at("configmaps/cl-1-settings"), (map) => ({ ...map, data: {} }));
  api.change(at("secrets/cl-1-key"), (secret) => ({ ...secret, data: {} }));
  await eventually("all are seen", async () => ["Pod", "ConfigMap", "Secret"].every((kind) => seen.includes(kind)));
  seen.length = 0;
  api.forget();
  api.change(at("pods/cl-1-web-0"), () => undefined);
  await eventually("all is listed anew", async () => seen.filter((kind) => kind === undefined).length >= all);
  stop.abort();
  await following;
  await eventually("nothing is watched", async () => api.watches() === 0);
});

test("a hook that fails says its last lines", async () => {
  const hook = `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, annotations: { helm.sh/hook: pre-install } }
spec:
  backoffLimit: 0
  template:
    metadata: { annotations: { "kubelet.pitrix.example/exit": "3", "kubelet.pitrix.example/log": "no table users" } }
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: migrate }] }
`;
  const { upgrade } = await released({ "shop/templates/hook.yaml": hook });
  await assert.rejects(upgrade(), { name: "KubernetesError", message: /hook migrate said: no table users/ });
});

test("a StatefulSet gives up its last pods first, keeps its volumes while it is stopped and deleted, and loses them in the end", async () => {
  const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: db }] } }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]
`;
  const { on, upgrade, namespace } = await released({ "shop/templates/web.yaml": set });
  await upgrade();
  const pods = async () => (await api.all("Pod", namespace)).map(({ metadata }) => metadata.name).sort();
  const claims = async () => (await api.all("PersistentVolumeClaim", namespace)).map(({ metadata }) => metadata.name).sort();
  await on((target) => scaleWorkloads(target, clusterId, new Map([["db", 3]])));
  assert.deepEqual(await pods(), ["db-0", "db-1", "db-2"]);
  await assert.rejects(
    on((target) => choosePods(target, clusterId, ["db-0"])),
    /StatefulSet db gives up its last pods first: db-2/,
  );
  await on((target) => choosePods(target, clusterId, ["db-2"]));
  await on((target) => stopWorkloads(target, clusterId));
  assert.deepEqual(await pods(), []);
  await on((target) => scaleWorkloads(target, clusterId, none));
  assert.deepEqual(await pods(), ["db-0", "db-1"]);
  await on((target) => target.markClaims(clusterId, clusterId));
  await on((target) => target.uninstall(clusterId, endless));
  assert.deepEqual(await claims(), ["data-db-0", "data-db-1", "data-db-2"]);
  await on((target) => target.removeClaims("cl-other"));
  assert.equal((await claims()).length, 3);
  await on((target) => target.removeClaims(clusterId));
  assert.deepEqual(await claims(), []);
});

test("a Deployment gives up the pods that were chosen, and a DaemonSet none", async () => {
  const daemon = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec: { selector: { matchLabels: { app: agent } }, template: { metadata: { labels: { app: agent } }, spec: { containers: [{ name: agent, image: agent }] } } }
`;
  const { on, upgrade, namespace } = await released({ "shop/templates/agent.yaml": daemon }, "replicas: 3");
  await upgrade();
  await on((target) => choosePods(target, clusterId, ["cl-1-web-0"]));
  await on((target) => scaleWorkloads(target, clusterId, new Map([["cl-1-web", 2]])));
  const pods = (await api.all("Pod", namespace)).map(({ metadata }) => metadata.name).sort();
  assert.deepEqual(pods, ["agent-0", "cl-1-web-1", "cl-1-web-2"]);
  await assert.rejects(
    on((target) => choosePods(target, clusterId, ["agent-0"])),
    /cannot be deleted/,
  );
  await assert.rejects(
    on((target) => stopWorkloads(target, clusterId)),
    /DaemonSet agent cannot be stopped/,
  );
});
