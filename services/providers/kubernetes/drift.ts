import type { FoundEndpoint } from "../../../schemas/generated/events.ts";
import type { Json, JsonObject } from "../../packages/json.ts";
import { text } from "../../packages/json.ts";
import { describedReplicas, listIn, nameOf, numberIn, objectIn, short } from "./observed.ts";
import type { Counts } from "./ports.ts";

type Kind = {
  readonly path: string;
  /** What of a live object is not as the release describes it. Only fields that no API server and no controller rewrites are looked at. */
  readonly differs?: (described: JsonObject, live: JsonObject) => readonly string[];
};

const sameText = (one: Json | undefined, other: Json | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

const containersOf = (workload: JsonObject): readonly JsonObject[] => {
  const spec = objectIn(objectIn(objectIn(workload, "spec"), "template"), "spec");
  return [...listIn(spec, "initContainers"), ...listIn(spec, "containers")];
};
/** Environment variables with a value of their own, by name. */
const plainEnv = (container: JsonObject): ReadonlyMap<string, string> =>
  new Map(listIn(container, "env").flatMap(({ name, value }) => (typeof value === "string" ? [[text(name), value] as const] : [])));

const workload = (plural: string): Kind => ({
  path: `apis/apps/v1/${plural}`,
  differs: (described, live) =>
    containersOf(described).flatMap((container) => {
      const name = text(container.name);
      const found = containersOf(live).find((each) => each.name === name);
      if (!found) return [`it has no container ${name}`];
      const env = plainEnv(found);
      return [
        ...(container.image === found.image
          ? []
          : [`container ${name} has image ${text(found.image)} in the place of ${text(container.image)}`]),
        ...["command", "args"]
          .filter((field) => !sameText(container[field], found[field]))
          .map((field) => `container ${name} has another ${field}`),
        ...[...plainEnv(container)]
          .filter(([variable, value]) => env.get(variable) !== value)
          .map(([variable]) => `container ${name} has another ${variable} in its environment`),
      ];
    }),
});
/** Values by key; they may be secret, and are not said. */
const values =
  (of: (object: JsonObject) => JsonObject): NonNullable<Kind["differs"]> =>
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

/** The kinds of resources that are watched and compared. */
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
  Ingress: { path: "apis/networking.k8s.io/v1/ingresses" },
  ServiceAccount: { path: "api/v1/serviceaccounts" },
  PersistentVolumeClaim: { path: "api/v1/persistentvolumeclaims" },
};

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
