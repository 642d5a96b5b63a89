import type { Found } from "../../../../services/providers/kit/deployment.ts";
import { nodeIdOf, releaseOf } from "../../../../services/providers/kubernetes/names.ts";
import type {
  Changed,
  Chart,
  KubernetesOutside,
  Observed,
  Pod,
  Revision,
  Target,
} from "../../../../services/providers/kubernetes/ports.ts";

/** A namespace in memory, as helm and a controller that is quick leave it. Each release has a Deployment of two pods. */
export const fakeNamespace = () => {
  const releases = new Map<string, Revision[]>();
  /** The pods of each release, and how often one was made. */
  const pods = new Map<string, readonly Pod[]>();
  const watchers = new Set<(object?: Changed) => void>();
  const [claims, givenUp] = [new Map<string, string | undefined>(), new Set<string>()];
  let found: Found = { endpoints: [], drift: [] };
  let [made, recorded] = [0, 0];
  const pod = (release: string): Pod => {
    made += 1;
    const uid = `${release}-${made}`;
    return { uid, name: `web-${made}`, workload: "web", ip: `10.0.0.${made}`, isReady: true, isLeaving: false, reason: "" };
  };
  const podsOf = (release: string): readonly Pod[] => pods.get(release) ?? [];
  /** Gives a release so many pods; those that were given up go first. */
  const scale = (release: string, count: number): void => {
    const kept = podsOf(release)
      .toSorted((a, b) => Number(givenUp.has(a.name)) - Number(givenUp.has(b.name)))
      .slice(0, count);
    pods.set(release, [...kept, ...Array.from({ length: count - kept.length }, () => pod(release))]);
  };
  const add = (release: string, status: string, labels: Chart["labels"], time: number): void => {
    const before = (releases.get(release) ?? []).map((each) =>
      status === "deployed" && each.status === "deployed" ? { ...each, status: "superseded" } : each,
    );
    recorded += 1;
    const identity = { revision: (before.at(-1)?.revision ?? 0) + 1, uid: `uid-${recorded}`, version: String(recorded) };
    releases.set(release, [...before, { ...identity, status, labels, time }]);
    if (status === "deployed") scale(release, 2);
  };
  const observe = (release: string): Observed => {
    const isThere = releases.get(release)?.some(({ status }) => status === "deployed");
    if (!isThere) return { workloads: [], pods: [] };
    const own = podsOf(release);
    const [replicas, ready] = [own.length, own.filter(({ isReady }) => isReady).length];
    const web = { kind: "Deployment", name: "web", selector: "app=web", described: 2, replicas };
    return { workloads: [{ ...web, isReady: ready === replicas, progress: `${ready} of ${replicas} pods are ready` }], pods: own };
  };
  const targetAt = ({ now }: Pick<KubernetesOutside, "now">): Target => ({
    namespace: "shop",
    ensureNamespace: async () => {},
    judge: async () => {},
    revisions: async (release) => releases.get(release) ?? [],
    made: async () => ({ chart: "web", values: {} }),
    nameOf: async () => "web",
    label: async (release, { uid, version }, labels) => {
      const all = releases.get(release) ?? [];
      const isSame = (each: Revision) => each.uid === uid && each.version === version;
      if (!all.some(isSame)) return false;
      recorded += 1;
      const next = (before: Revision["labels"]) =>
        Object.fromEntries(Object.entries({ ...before, ...labels }).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
      const changed = (each: Revision) => ({ ...each, version: String(recorded), labels: next(each.labels) });
      releases.set(
        release,
        all.map((each) => (isSame(each) ? changed(each) : each)),
      );
      return true;
    },
    upgrade: async (release, { labels }) => add(release, "deployed", { ...releases.get(release)?.at(-1)?.labels, ...labels }, now()),
    rollback: async (release, revision) =>
      add(release, "deployed", releases.get(release)?.find((each) => each.revision === revision)?.labels ?? {}, now()),
    uninstall: async (release) => {
      releases.delete(release);
      pods.delete(release);
    },
    observe: async (release) => observe(release),
    inspect: async () => found,
    setReplicas: async (_, count) => {
      for (const release of releases.keys()) scale(release, count);
    },
    giveUp: async (name) => void givenUp.add(name),
    markClaims: async (_, label) => {
      for (const [claim, before] of claims) claims.set(claim, before ?? label);
    },
    removeClaims: async (label) => {
      for (const [claim, its] of claims) if (its === label) claims.delete(claim);
    },
    log: async () => undefined,
    follow: async (changed, signal) => {
      watchers.add(changed);
      changed();
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      watchers.delete(changed);
    },
  });
  return {
    releases,
    claims,
    targetAt,
    add,
    /** The nodes of a cluster that the namespace has. */
    nodesOf: (clusterId: string, release = releaseOf(clusterId)): readonly string[] =>
      observe(release).pods.map((each) => nodeIdOf(clusterId, each)),
    podsOf,
    /** Changes the pods of a release by hand, which a watch sees. */
    change: (release: string, how: (before: readonly Pod[]) => readonly Pod[]): void => {
      pods.set(release, how(podsOf(release)));
      for (const changed of watchers) changed({ kind: "Pod", metadata: { labels: { app: "web" } } });
    },
    pod,
    /** Changes what is found besides pods. */
    finds: (release: string, what: Found): void => {
      found = what;
      const metadata = { annotations: { "meta.helm.sh/release-name": release } };
      for (const changed of watchers) changed({ kind: "Service", metadata });
    },
    watchers,
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
  guarded: (_, run) => run(),
  report: () => {},
  watches: () => {},
  ...{ now, sleep, timeouts },
});
