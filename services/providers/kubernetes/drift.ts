import type { FoundEndpoint } from "../../../schemas/generated/events.ts";
import { isObject, type Json, type JsonObject, text } from "../../packages/json.ts";
import { describedReplicas, groupOf, listIn, nameOf, numberIn, objectIn, short } from "./observed.ts";
import type { Counts } from "./ports.ts";

/** What of a live object is not as the release describes it. Only fields that no API server and no controller rewrites are looked at. */
type Differs = (described: JsonObject, live: JsonObject) => readonly string[];
type Kind = { readonly path: string; readonly differs?: Differs };

const sameText = (one: Json | undefined, other: Json | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether a live value has all that the manifest describes. Additions are ignored, an empty value may be absent, and numbers compare as texts. */
const isKept = (described: Json | undefined, live: Json | undefined): boolean => {
  if (Array.isArray(described)) {
    const list = Array.isArray(live) ? live : [];
    return described.length === list.length && described.every((each, index) => isKept(each, list[index]));
  }
  if (isObject(described))
    return Object.entries(described).every(([name, value]) => isKept(value, isObject(live) ? live[name] : undefined));
  if (live === undefined || live === null) return ["undefined", "null", "", "0", "false"].includes(String(described));
  return described === undefined || described === null || String(described) === String(live);
};
/** Compares the named fields of a part of an object, or all fields that the manifest describes. */
const fields =
  (of: (object: JsonObject) => JsonObject, names?: readonly string[]): Differs =>
  (described, live) => {
    const [wanted, is] = [of(described), of(live)];
    return (names ?? Object.keys(wanted)).filter((name) => !isKept(wanted[name], is[name])).map((name) => `${name} was changed`);
  };
const specOf = (object: JsonObject): JsonObject => objectIn(object, "spec");

const containersOf = (template: JsonObject): readonly JsonObject[] => {
  const spec = specOf(template);
  return [...listIn(spec, "initContainers"), ...listIn(spec, "containers")];
};
/** Environment variables with a value of their own, by name. */
const plainEnv = (container: JsonObject): ReadonlyMap<string, string> =>
  new Map(listIn(container, "env").flatMap(({ name, value }) => (typeof value === "string" ? [[text(name), value] as const] : [])));

const containers =
  (templateOf: (object: JsonObject) => JsonObject): Differs =>
  (described, live) =>
    containersOf(templateOf(described)).flatMap((container) => {
      const name = text(container.name);
      const found = containersOf(templateOf(live)).find((each) => each.name === name);
      if (!found) return [`it has no container ${name}`];
      const env = plainEnv(found);
      return [
        ...(container.image === found.image
          ? []
          : [`container ${name} has image ${text(found.image)} in the place of ${text(container.image)}`]),
        ...["command", "args"]
          .filter((field) => !isKept(container[field], found[field]))
          .map((field) => `container ${name} has another ${field}`),
        ...[...plainEnv(container)]
          .filter(([variable, value]) => (env.get(variable) ?? "") !== value)
          .map(([variable]) => `container ${name} has another ${variable} in its environment`),
      ];
    });
const templateIn = (object: JsonObject): JsonObject => objectIn(specOf(object), "template");
const workload = (plural: string): Kind => ({ path: `apis/apps/v1/${plural}`, differs: containers(templateIn) });
const all =
  (...several: readonly Differs[]): Differs =>
  (described, live) =>
    several.flatMap((differs) => differs(described, live));
/** Values by key; they may be secret, and are not said. */
const values =
  (of: (object: JsonObject) => JsonObject): Differs =>
  (described, live) => {
    const [wanted, is] = [of(described), of(live)];
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(is)])].sort();
    return keys.filter((key) => !sameText(wanted[key], is[key])).map((key) => `${key} was ${key in is ? "changed" : "removed"}`);
  };
const base64 = (value: Json): string => Buffer.from(text(value), "utf8").toString("base64");
const secretValues = (secret: JsonObject): JsonObject => ({
  ...objectIn(secret, "data"),
  ...Object.fromEntries(Object.entries(objectIn(secret, "stringData")).map(([key, value]) => [key, base64(value)])),
});

/**
 * The kinds of resources that are compared. Not compared are jobs, which end and may be removed then; what lies outside of the namespace; and
 * resources of kinds that a chart brings, which their own controllers may rewrite.
 */
export const kinds: { readonly [kind: string]: Kind } = {
  Deployment: workload("deployments"),
  StatefulSet: workload("statefulsets"),
  DaemonSet: workload("daemonsets"),
  ConfigMap: { path: "api/v1/configmaps", differs: values((map) => objectIn(map, "data")) },
  Secret: { path: "api/v1/secrets", differs: values(secretValues) },
  Service: {
    path: "api/v1/services",
    differs: (described, live) => {
      const [wanted, is] = [objectIn(described, "spec"), objectIn(live, "spec")];
      const ports = (spec: JsonObject) => listIn(spec, "ports").map((port) => numberIn(port, "port"));
      const labels = (spec: JsonObject) => Object.entries(objectIn(spec, "selector")).sort();
      return [
        ...(sameText(ports(wanted), ports(is)) ? [] : ["it has other ports"]),
        ...(JSON.stringify(labels(wanted)) === JSON.stringify(labels(is)) ? [] : ["it selects other pods"]),
      ];
    },
  },
  Ingress: { path: "apis/networking.k8s.io/v1/ingresses", differs: fields(specOf) },
  NetworkPolicy: { path: "apis/networking.k8s.io/v1/networkpolicies", differs: fields(specOf) },
  Role: { path: "apis/rbac.authorization.k8s.io/v1/roles", differs: fields((role) => role, ["rules"]) },
  RoleBinding: {
    path: "apis/rbac.authorization.k8s.io/v1/rolebindings",
    differs: fields((binding) => binding, ["roleRef", "subjects"]),
  },
  CronJob: {
    path: "apis/batch/v1/cronjobs",
    differs: all(
      fields(specOf, ["schedule", "suspend", "timeZone"]),
      containers((job) => templateIn(objectIn(specOf(job), "jobTemplate"))),
    ),
  },
  PodDisruptionBudget: { path: "apis/policy/v1/poddisruptionbudgets", differs: fields(specOf) },
  HorizontalPodAutoscaler: {
    path: "apis/autoscaling/v2/horizontalpodautoscalers",
    differs: fields(specOf, ["minReplicas", "maxReplicas"]),
  },
  ServiceAccount: { path: "api/v1/serviceaccounts" },
  PersistentVolumeClaim: { path: "api/v1/persistentvolumeclaims" },
};

/** The documents of a release that are compared: of these kinds, and of no other kind of the same name. */
export const comparedIn = (documents: readonly JsonObject[], namespace: string): readonly JsonObject[] =>
  documents.filter((document) => {
    const [, group = ""] = /^apis\/([^/]+)/.exec(kinds[text(document.kind)]?.path ?? "") ?? [];
    const isHere = [undefined, namespace].includes(text(objectIn(document, "metadata").namespace) || undefined);
    return isHere && text(document.kind) in kinds && groupOf(document) === group;
  });

/** The path of a kind's resources in a namespace. */
export const collectionOf = ({ path }: Kind, namespace: string): string => {
  const parts = path.split("/");
  return `/${parts.slice(0, -1).join("/")}/namespaces/${namespace}/${parts.at(-1)}`;
};

/** What of a resource is not as its release describes it, a sentence each. */
export const driftOf = (
  described: JsonObject,
  live: JsonObject | undefined,
  counts: Counts,
  scaled: ReadonlySet<string>,
): readonly string[] => {
  const [kind, name] = [text(described.kind), nameOf(described)];
  if (!live) return [`${kind} ${name} does not exist`];
  const wanted = counts.get(name) ?? (scaled.has(name) ? undefined : describedReplicas(described));
  const is = numberIn(objectIn(live, "spec"), "replicas", 1);
  const isScaled = (kind === "Deployment" || kind === "StatefulSet") && wanted !== undefined && is !== wanted;
  return [
    ...(isScaled ? [`it is to have ${is} pods in the place of ${wanted}`] : []),
    ...(kinds[kind]?.differs?.(described, live) ?? []),
  ].map((what) => short(`${kind} ${name}: ${what}`));
};

/** The workloads whose numbers of pods a HorizontalPodAutoscaler of the release changes. */
export const scaledIn = (documents: readonly JsonObject[]): ReadonlySet<string> =>
  new Set(
    documents
      .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
      .map((document) => text(objectIn(objectIn(document, "spec"), "scaleTargetRef").name)),
  );

/** Where a Service or an Ingress is reached. */
export const endpointsOf = (kind: string, live: JsonObject, namespace: string): readonly FoundEndpoint[] => {
  const [name, spec] = [nameOf(live), objectIn(live, "spec")];
  const [balancer = {}] = listIn(objectIn(objectIn(live, "status"), "loadBalancer"), "ingress");
  const given = text(balancer.hostname) || text(balancer.ip);
  if (kind === "Service" && spec.type !== "ExternalName")
    return listIn(spec, "ports").map((port) => ({
      name: ["Service", name, text(port.name) || String(numberIn(port, "port"))].join("/"),
      address: given || `${name}.${namespace}.svc`,
      port: numberIn(port, "port"),
      protocol: text(port.protocol).toLowerCase() || "tcp",
    }));
  if (kind !== "Ingress") return [];
  const secured = listIn(spec, "tls").flatMap(({ hosts }) => (Array.isArray(hosts) ? hosts : []));
  return listIn(spec, "rules").flatMap((rule) => {
    const host = text(rule.host) || given;
    const protocol = secured.includes(text(rule.host)) ? "https" : "http";
    return listIn(objectIn(rule, "http"), "paths").map(({ path }) => ({
      name: `Ingress/${name}/${host}${text(path)}`,
      address: `${protocol}://${host}${text(path) || "/"}`,
      port: protocol === "https" ? 443 : 80,
      protocol,
    }));
  });
};
