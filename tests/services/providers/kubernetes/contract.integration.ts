import assert from "node:assert/strict";
import { after, before } from "node:test";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import { nodeIdOf } from "../../../../services/providers/kubernetes/names.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { eventually } from "../../../eventually.ts";
import { isReal, kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { clusterId } from "../../../world/toys/clusters.ts";
import { providerContract, type Subject } from "../contract.ts";
import { crashingProvider } from "./crashing.ts";
import { openFor } from "./real.ts";
import { charts } from "./subject.ts";

let api: KubernetesApi;
const helm = new Map<3 | 4, string>();
before(async () => {
  api = await kubernetesApi();
  for (const major of [3, 4] as const) helm.set(major, await installHelm(() => {}, major));
});
after(() => api.stop());

let spaces = 0;
/** The Kubernetes provider with a real helm, each case in a namespace of its own; everything else in memory. */
const real = (major: 3 | 4): Subject => {
  const on = { provider: "kubernetes", zone: "" };
  return {
    ...charts,
    role: `${clusterId}-web`,
    on,
    // Its controllers take their time to remove what is no longer wanted.
    isGradual: isReal,
    open: async (t, tamper) => {
      on.zone = `shop-${++spaces}`;
      const program = helm.get(major) ?? "";
      const { world, crash, restart } = await crashingProvider(t, tamper, (documents) => openFor(t, api, program, documents));
      return {
        bench: {
          ...{ send: world.send, documents: world.documents, history: world.history, provider: providerKubernetes.name },
          until: async (what, isSo) => void (await eventually(what, isSo, 30_000)),
          crash,
          restart,
        },
        holds: async () => {
          const revisions = (await api.all("Secret", on.zone)).filter(({ metadata }) => metadata.labels?.owner === "helm");
          assert.ok(new Set(revisions.map(({ metadata }) => metadata.labels.name)).size <= 1, "one release a cluster");
          const pods = (await api.all("Pod", on.zone)).map(({ metadata }) => nodeIdOf(clusterId, metadata));
          if (revisions.length === 0) assert.deepEqual(await api.all("Service", on.zone), [], "nothing without a release");
          return { nodes: pods, running: pods };
        },
      };
    },
  };
};

// `make kubernetes-test` runs every course on both.
providerContract("the Kubernetes provider with Helm 4", real(4), isReal ? undefined : ["is interrupted by a crash"]);
const few = { ...real(3), actions: ["UpgradeCluster"] };
providerContract("the Kubernetes provider with Helm 3", isReal ? real(3) : few, isReal ? undefined : ["fails in the middle"]);
