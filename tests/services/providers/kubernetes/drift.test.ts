import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedIn, driftOf } from "../../../../services/providers/kubernetes/drift.ts";
import { workloadsIn } from "../../../../services/providers/kubernetes/observed.ts";

const none = [new Map<string, number>(), new Set<string>()] as const;
const deployment = (container: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { template: { spec: { containers: [{ name: "web", image: "web:1", ...container }] } } },
});
const role = (rules: readonly object[]) => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "web" } },
  rules: rules.map((rule) => ({ ...rule })),
});

test("what an API server leaves out because it is empty, or fills up, is no drift", () => {
  const described = deployment({ args: [], env: [{ name: "EMPTY", value: "" }] });
  const live = deployment({ env: [{ name: "EMPTY" }], imagePullPolicy: "Always" });
  assert.deepEqual(driftOf(described, live, ...none), []);
  const job = (spec: { readonly [field: string]: string | boolean }) => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "nightly" },
    spec,
  });
  assert.deepEqual(driftOf(job({ schedule: "@daily", suspend: false, timeZone: "" }), job({ schedule: "@daily" }), ...none), []);
  const scaler = (maxReplicas: number | string) => ({ kind: "HorizontalPodAutoscaler", metadata: { name: "web" }, spec: { maxReplicas } });
  assert.deepEqual(driftOf(scaler("5"), scaler(5), ...none), []);
});

test("what was changed, added to a list, or removed is drift", () => {
  const read = { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] };
  for (const rules of [[read, read], [], [{ ...read, verbs: ["get", "delete"] }], [{ ...read, resources: ["secrets"] }]])
    assert.deepEqual(driftOf(role([read]), role(rules), ...none), ["Role web: rules was changed"], JSON.stringify(rules));
  assert.deepEqual(driftOf(role([read]), undefined, ...none), ["Role web does not exist"]);
  assert.deepEqual(driftOf(deployment({ args: ["--safe"] }), deployment({}), ...none), ["Deployment web: container web has another args"]);
});

test("a kind of another group that has the name of a known one is neither compared nor waited for", () => {
  const of = (apiVersion: string, kind: string, namespace?: string) => ({ apiVersion, kind, metadata: { name: "web", namespace } });
  const own = [of("v1", "Service"), of("apps/v1", "StatefulSet"), of("autoscaling/v2beta2", "HorizontalPodAutoscaler", "shop")];
  const others = [
    of("serving.knative.dev/v1", "Service"),
    of("apps.kruise.io/v1beta1", "StatefulSet"),
    of("v1", "Ingress"),
    of("v1", "Service", "elsewhere"),
    of("batch/v1", "Job"),
  ];
  const documents = [...own, ...others] as never; // Only texts that are there.
  assert.deepEqual(comparedIn(documents, "shop"), own);
  assert.deepEqual(
    workloadsIn(documents).map(({ kind }) => kind),
    ["StatefulSet"],
  );
});
