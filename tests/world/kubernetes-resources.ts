/** The kinds of the fake API server, by group and version. */
type Kind = { readonly kind: string; readonly name: string; readonly namespaced: boolean };
const kind = (kind: string, name: string, namespaced = true): Kind => ({ kind, name, namespaced });
const groups: { readonly [groupVersion: string]: readonly Kind[] } = {
  v1: [
    kind("Namespace", "namespaces", false),
    kind("Secret", "secrets"),
    kind("ConfigMap", "configmaps"),
    kind("Service", "services"),
    kind("ServiceAccount", "serviceaccounts"),
    kind("Pod", "pods"),
    kind("PersistentVolumeClaim", "persistentvolumeclaims"),
  ],
  "apps/v1": [kind("Deployment", "deployments"), kind("StatefulSet", "statefulsets"), kind("DaemonSet", "daemonsets")],
  "batch/v1": [kind("Job", "jobs"), kind("CronJob", "cronjobs")],
  "apiextensions.k8s.io/v1": [kind("CustomResourceDefinition", "customresourcedefinitions", false)],
  // Of `tests/charts/crds`: the fake API knows it from the start.
  "charts.pitrix.example/v1": [kind("Room", "rooms")],
  "networking.k8s.io/v1": [kind("Ingress", "ingresses"), kind("NetworkPolicy", "networkpolicies")],
  "rbac.authorization.k8s.io/v1": [kind("Role", "roles"), kind("RoleBinding", "rolebindings")],
  "policy/v1": [kind("PodDisruptionBudget", "poddisruptionbudgets")],
  "autoscaling/v2": [kind("HorizontalPodAutoscaler", "horizontalpodautoscalers")],
};

const prefix = (groupVersion: string): string => (groupVersion === "v1" ? "api/v1" : `apis/${groupVersion}`);
const parts = (groupVersion: string) => {
  const [group = "", version = ""] = groupVersion === "v1" ? ["", "v1"] : groupVersion.split("/");
  return { group, version };
};

/** What discovery says, by path; undefined for any other path. */
export const discovery = (path: string, version: string): object | undefined => {
  if (path === "/version") {
    const [, major = "1", minor = "0"] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    return { major, minor, gitVersion: version, platform: "linux/amd64" };
  }
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  if (path === "/apis") {
    const named = Object.keys(groups).filter((each) => each !== "v1");
    return {
      ...{ kind: "APIGroupList", apiVersion: "v1" },
      groups: named.map((groupVersion) => {
        const { group, version } = parts(groupVersion);
        return { name: group, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      }),
    };
  }
  if (path === "/openapi/v3")
    return {
      paths: Object.fromEntries(
        Object.keys(groups).map((each) => [prefix(each), { serverRelativeURL: `/openapi/v3/${prefix(each)}?hash=1` }]),
      ),
    };
  for (const [groupVersion, kinds] of Object.entries(groups)) {
    if (path === `/${prefix(groupVersion)}`)
      return {
        ...{ kind: "APIResourceList", apiVersion: "v1", groupVersion },
        resources: kinds.map(({ kind, name, namespaced }) => ({
          ...{ name, singularName: kind.toLowerCase(), namespaced, kind },
          verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
        })),
      };
    if (path === `/openapi/v3/${prefix(groupVersion)}`)
      return { openapi: "3.0.0", info: { title: "fake", version }, paths: described(groupVersion, kinds) };
  }
  return undefined;
};

/** Says that the server validates fields by itself, which is all that helm asks the document. */
const described = (groupVersion: string, kinds: readonly Kind[]): object =>
  Object.fromEntries(
    kinds.map(({ kind, name, namespaced }) => [
      `/${prefix(groupVersion)}/${namespaced ? "namespaces/{namespace}/" : ""}${name}/{name}`,
      {
        patch: {
          parameters: [{ name: "fieldValidation", in: "query", schema: { type: "string", uniqueItems: true } }],
          responses: {},
          "x-kubernetes-action": "patch",
          "x-kubernetes-group-version-kind": { ...parts(groupVersion), kind },
        },
      },
    ]),
  );

export type Place = {
  readonly collection: string;
  readonly name: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
};

/** The collection that a path leads to, and the name in it. */
export const placeOf = (path: string): Place | undefined => {
  const found = /^\/(api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/status)?$/.exec(path);
  const [, before = "", namespace = "", plural = "", name = ""] = found ?? [];
  // The path of a namespace looks like that of a collection in it.
  const own = /^\/api\/v1\/namespaces(?:\/([^/]+))?$/.exec(path);
  if (own) return { collection: "/api/v1/namespaces", name: own[1] ?? "", kind: "Namespace", apiVersion: "v1", namespace: "" };
  const groupVersion = before.replace(/^apis?\//, "");
  const known = groups[groupVersion]?.find((each) => each.name === plural);
  return (
    known && { collection: `/${before}/namespaces/${namespace}/${plural}`, name, kind: known.kind, apiVersion: groupVersion, namespace }
  );
};

/** The path of everything of a kind, in all namespaces or one. */
export const collectionOf = (kind: string, namespace = ""): string => {
  for (const [groupVersion, kinds] of Object.entries(groups))
    for (const { name, namespaced, ...each } of kinds)
      if (each.kind === kind) return `/${prefix(groupVersion)}/${namespaced && namespace !== "" ? `namespaces/${namespace}/` : ""}${name}`;
  throw new Error(`tests know no ${kind}`);
};
