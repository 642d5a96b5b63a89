import { type Clock, mapOf } from "../../../events/index.ts";
import { type JsonObject, text } from "../../packages/json.ts";
import type { Api } from "./api.ts";
import { messageOf } from "./api.ts";
import { collectionOf, comparedIn, driftOf, endpointsOf, kinds, scaledIn } from "./drift.ts";
import { follow } from "./follow.ts";
import { CLUSTER_LABEL } from "./names.ts";
import { listIn, nameOf, objectIn, podOf, workloadOf, workloadsIn } from "./observed.ts";
import { Forbidden, KubernetesError, type Target } from "./ports.ts";
import { type Recorded, recordedIn } from "./recorded.ts";

type Live = Pick<Target, "observe" | "inspect" | "setReplicas" | "giveUp" | "markClaims" | "removeClaims" | "log" | "follow"> & {
  /** The last lines of the hooks that have failed in the newest revision; empty: none has. */
  readonly hookLog: (release: string) => Promise<string>;
};
type Options = {
  readonly api: Api;
  readonly namespace: string;
  readonly revisions: Target["revisions"];
  readonly clock: Clock;
};

/** Requests at once. */
const CONCURRENCY = 4;
/** Resources of a release that are compared, sentences about them, and endpoints. */
const [MAX_RESOURCES, MAX_DRIFT, MAX_ENDPOINTS] = [200, 20, 50];
/** Helm puts this label on everything that it makes. */
const BY_HELM = "app.kubernetes.io/managed-by=Helm";
/** The kinds that are watched besides pods. Watches send metadata only. Other kinds are compared at each look at the whole release. */
const FOLLOWED = ["Deployment", "StatefulSet", "DaemonSet", "Service", "ConfigMap", "Secret", "Ingress"];
const HOOK_BYTES = 1_500;
/** Lines that are asked for at least. */
const LINES = 100;
const MERGE = "application/merge-patch+json";

/** What is in a namespace now, by the API. */
export const liveOf = ({ api, namespace, revisions, clock }: Options): Live => {
  const path = (kind: string, name = "") => `/api/v1/namespaces/${namespace}/${kind}${name && `/${encodeURIComponent(name)}`}`;
  const at = (kind: string, name: string): string => `${collectionOf(kinds[kind] ?? never(kind), namespace)}/${encodeURIComponent(name)}`;
  const recorded = async (release: string): Promise<Recorded> => {
    const newest = (await revisions(release)).at(-1);
    return recordedIn(newest && (await api.get(path("secrets", `sh.helm.release.v1.${release}.v${newest.revision}`))));
  };
  const patch = async (where: string, body: object): Promise<void> => {
    const { status, body: said } = await api.send("PATCH", `${where}?fieldManager=pitrix`, body, MERGE);
    if (status !== 200) throw new KubernetesError(`the API server does not change ${where.split("/").at(-1)}: ${messageOf(said)}`);
  };
  const podsWith = async (selector: string): Promise<readonly JsonObject[]> =>
    selector === "" ? [] : listIn((await api.get(`${path("pods")}?labelSelector=${encodeURIComponent(selector)}`)) ?? {}, "items");
  const logOf = (pod: string, container: string, bytes: number, more = ""): Promise<string | undefined> =>
    api.tail(
      `${path("pods", pod)}/log?container=${encodeURIComponent(container)}&tailLines=${Math.max(LINES, Math.ceil(bytes / 32))}${more}`,
      bytes,
    );

  return {
    observe: async (release) => {
      const { documents } = await recorded(release);
      const found = await mapOf(workloadsIn(documents), CONCURRENCY, async ({ kind, name, described }) => {
        const given = await api.get(at(kind, name));
        const absent = { kind, name, isReady: false, progress: "it does not exist", selector: "", replicas: undefined };
        if (!given) return { workload: { ...absent, described }, pods: [] };
        const workload = { ...workloadOf(kind, given), described };
        return { workload, pods: (await podsWith(workload.selector)).map((pod) => podOf(name, pod)) };
      });
      return { workloads: found.map(({ workload }) => workload), pods: found.flatMap(({ pods }) => pods) };
    },
    inspect: async (release, counts) => {
      const { documents } = await recorded(release);
      const scaled = scaledIn(documents);
      const compared = comparedIn(documents, namespace).slice(0, MAX_RESOURCES);
      const found = await mapOf(compared, CONCURRENCY, async (document) => {
        const kind = text(document.kind);
        const live = await api.get(at(kind, nameOf(document))).catch((error: unknown) => {
          if (error instanceof Forbidden) return null;
          throw error;
        });
        if (live === null) return { drift: [], endpoints: [] };
        return { drift: driftOf(document, live, counts, scaled), endpoints: live ? endpointsOf(kind, live, namespace) : [] };
      });
      return {
        drift: found.flatMap(({ drift }) => drift).slice(0, MAX_DRIFT),
        endpoints: found.flatMap(({ endpoints }) => endpoints).slice(0, MAX_ENDPOINTS),
      };
    },
    setReplicas: ({ kind, name }, replicas) => patch(at(kind, name), { spec: { replicas } }),
    giveUp: (pod) =>
      patch(path("pods", pod), { metadata: { annotations: { "controller.kubernetes.io/pod-deletion-cost": "-2147483648" } } }),
    markClaims: async (release, label) => {
      const { documents } = await recorded(release);
      const prefixes = documents
        .filter(({ kind }) => kind === "StatefulSet")
        .flatMap((set) => listIn(objectIn(set, "spec"), "volumeClaimTemplates").map((claim) => `${nameOf(claim)}-${nameOf(set)}-`));
      if (prefixes.length === 0) return;
      for (const claim of listIn((await api.get(path("persistentvolumeclaims"))) ?? {}, "items")) {
        const name = nameOf(claim);
        const isOwn = prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
        if (isOwn && objectIn(objectIn(claim, "metadata"), "labels")[CLUSTER_LABEL] === undefined)
          await patch(path("persistentvolumeclaims", name), { metadata: { labels: { [CLUSTER_LABEL]: label } } });
      }
    },
    removeClaims: async (label) => {
      const selector = encodeURIComponent(`${CLUSTER_LABEL}=${label}`);
      for (const claim of listIn((await api.get(`${path("persistentvolumeclaims")}?labelSelector=${selector}`)) ?? {}, "items")) {
        const { status, body } = await api.send("DELETE", path("persistentvolumeclaims", nameOf(claim)));
        if (status >= 400 && status !== 404) throw new KubernetesError(`volume claim ${nameOf(claim)} was not deleted: ${messageOf(body)}`);
      }
    },
    log: async (pod, name, bytes) => {
      const found = await api.get(path("pods", pod));
      if (!found) return undefined;
      const [wanted = "", before] = name.split(/(\/previous)$/);
      const spec = objectIn(found, "spec");
      const containers = [...listIn(spec, "containers"), ...listIn(spec, "initContainers")].map((each) => text(each.name));
      const container = wanted === "process" || wanted === "" ? containers[0] : containers.find((each) => each === wanted);
      if (container === undefined) return undefined;
      const log = await logOf(pod, container, bytes, before === undefined ? "" : "&previous=true");
      return { uid: text(objectIn(found, "metadata").uid), log: log ?? "" };
    },
    follow: async (changed, signal) => {
      const collections = [
        { kind: "Pod", collection: path("pods"), selector: "" },
        ...FOLLOWED.map((kind) => ({ kind, collection: collectionOf(kinds[kind] ?? never(kind), namespace), selector: BY_HELM })),
      ];
      await Promise.all(
        collections.map(({ kind, ...each }) => follow(api, each, (metadata) => changed(metadata && { kind, metadata }), clock, signal)),
      );
    },
    hookLog: async (release) => {
      const { failedHooks } = await recorded(release);
      const said = await mapOf(failedHooks.slice(0, 3), 1, async ({ kind, name }) => {
        const pods = kind === "Job" ? await podsWith(`job-name=${name}`) : [await api.get(path("pods", name))];
        const pod = pods.filter((each) => each !== undefined).at(-1);
        const [container] = listIn(objectIn(pod, "spec"), "containers");
        const log = pod && container ? await logOf(nameOf(pod), text(container.name), HOOK_BYTES) : undefined;
        return log?.trim() ? `hook ${name} said: ${log.trim()}` : "";
      });
      return said.filter((each) => each !== "").join("; ");
    },
  };
};

const never = (kind: string): never => {
  throw new Error(`${kind} is not a kind that is known`);
};
