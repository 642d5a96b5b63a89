import { nodeIdOf, releaseOf } from "../../../../services/providers/kubernetes/names.ts";
import type { Chart, KubernetesOutside, Observed, Revision, Target } from "../../../../services/providers/kubernetes/ports.ts";

/** A namespace in memory, as helm and a controller that is quick leave it. Each release has two pods. */
export const fakeNamespace = () => {
  const releases = new Map<string, Revision[]>();
  const add = (release: string, status: string, labels: Chart["labels"], time: number): void => {
    const before = (releases.get(release) ?? []).map((each) =>
      status === "deployed" && each.status === "deployed" ? { ...each, status: "superseded" } : each,
    );
    releases.set(release, [...before, { revision: (before.at(-1)?.revision ?? 0) + 1, status, labels, time }]);
  };
  const observe = (release: string): Observed => {
    const newest = releases.get(release)?.at(-1);
    if (newest?.status !== "deployed") return { workloads: [], pods: [] };
    const pods = [1, 2].map((nth) => ({
      uid: `${release}-${nth}`,
      name: `web-${nth}`,
      workload: "web",
      ip: `10.0.0.${nth}`,
      isReady: true,
      reason: "",
    }));
    return { workloads: [{ kind: "Deployment", name: "web", isReady: true, progress: "2 of 2 pods are ready" }], pods };
  };
  const targetAt = ({ now }: Pick<KubernetesOutside, "now">): Target => ({
    namespace: "shop",
    ensureNamespace: async () => {},
    judge: async () => {},
    revisions: async (release) => releases.get(release) ?? [],
    upgrade: async (release, { labels }) => add(release, "deployed", labels, now()),
    rollback: async (release, revision) =>
      add(release, "deployed", releases.get(release)?.find((each) => each.revision === revision)?.labels ?? {}, now()),
    uninstall: async (release) => void releases.delete(release),
    observe: async (release) => observe(release),
  });
  return {
    releases,
    targetAt,
    add,
    /** The nodes of a cluster that the namespace has. */
    nodesOf: (clusterId: string): readonly string[] => observe(releaseOf(clusterId)).pods.map((pod) => nodeIdOf(clusterId, pod)),
  };
};

/** The outside of the provider with such a namespace. */
export const outsideOn = (
  target: Target,
  { now, sleep }: Pick<KubernetesOutside, "now" | "sleep">,
  timeouts = { helm: 60_000, ready: 60_000 },
): KubernetesOutside => ({
  hasHelm: async () => true,
  withTarget: (_, use) => use(target),
  fetchPackage: async () => new Uint8Array(1),
  open: async () => "replicas: 2",
  ...{ now, sleep, timeouts },
});
