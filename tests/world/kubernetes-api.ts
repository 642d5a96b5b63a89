import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { load } from "js-yaml";
import { logOf, statusOf, type Thing } from "../../infra/embedded/kubernetes/pods.ts";
import { type Answer, front, type KubernetesApi, refuse } from "./kubernetes-front.ts";
import { secretIn } from "./kubernetes-protobuf.ts";
import { discovery, type Place, placeOf } from "./kubernetes-resources.ts";

/**
 * A Kubernetes API server as far as helm and the provider need one: discovery, and things in collections that are made, read, changed, watched and
 * deleted. Its one controller makes pods for workloads and jobs at once, with the status that the kubelet of `infra/embedded/kubernetes` would give them.
 */
export const fakeApi = async (version = "v1.35.4"): Promise<FakeApi> => {
  const tokens = { administrator: randomUUID(), nobody: randomUUID() };
  const things = new Map<string, Thing>();
  let changes: Change[] = [];
  const watches = new Set<{ readonly sees: (change: Change) => void; readonly end: () => void }>();
  let [version_, oldest] = [1, 0];
  const stamp = (thing: Thing, place: Place, before?: Thing): Thing => ({
    ...thing,
    kind: place.kind,
    apiVersion: place.apiVersion,
    metadata: {
      ...thing.metadata,
      ...(place.namespace && { namespace: place.namespace }),
      uid: before?.metadata.uid ?? randomUUID(),
      creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+/, ""),
      generation: (before?.metadata.generation ?? 0) + 1,
      resourceVersion: String(++version_),
    },
  });
  const pathOf = ({ collection }: Place, name: string) => `${collection}/${name}`;
  const changed = (type: Change["type"], path: string, thing: Thing): Thing => {
    const change = {
      version: ++version_,
      type,
      path,
      thing: { ...thing, metadata: { ...thing.metadata, resourceVersion: String(version_) } },
    };
    changes.push(change);
    for (const watch of watches) watch.sees(change);
    return change.thing;
  };
  const keep = (path: string, thing: Thing): Thing => {
    things.set(path, changed(things.has(path) ? "MODIFIED" : "ADDED", path, thing));
    return things.get(path);
  };
  const remove = (path: string): void => {
    const gone = things.get(path);
    if (!gone) return;
    things.delete(path);
    changed("DELETED", path, gone);
    for (const [each, thing] of things)
      if (thing.metadata.ownerReferences?.some(({ uid }: Thing) => uid === gone.metadata.uid)) remove(each);
  };
  const store = (place: Place, name: string, thing: Thing): Thing => {
    const path = pathOf(place, name);
    const stored = stamp(thing, place, things.get(path));
    if (["Deployment", "StatefulSet", "DaemonSet"].includes(place.kind)) return keep(path, withPods(stored, place));
    if (place.kind === "CustomResourceDefinition") {
      const conditions = ["Established", "NamesAccepted"].map((type) => ({ type, status: "True" }));
      return keep(path, { ...stored, status: { conditions } });
    }
    if (place.kind === "Secret" && stored.stringData) {
      const { stringData, ...rest } = stored;
      const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
      return keep(path, { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } });
    }
    if (place.kind === "Job") return keep(path, { ...stored, status: outcomeOf(podsOf(stored, place, 1)) });
    return keep(path, stored);
  };
  /** Makes the pods and claims of a workload. Pods whose template is the same stay; those that cost least are deleted first. */
  const podsOf = (workload: Thing, place: Place, count: number): readonly Thing[] => {
    const { template } = workload.spec;
    const { name, uid } = workload.metadata;
    const pods: Place = { ...place, collection: `/api/v1/namespaces/${place.namespace}/pods`, kind: "Pod", apiVersion: "v1" };
    const claims: Place = { ...pods, collection: pods.collection.replace("pods", "persistentvolumeclaims"), kind: "PersistentVolumeClaim" };
    const annotations = { ...template.metadata?.annotations, "fake/template": JSON.stringify(template) };
    const own = () =>
      [...things].filter(([, { kind, metadata }]) => kind === "Pod" && metadata.ownerReferences?.some((owner: Thing) => owner.uid === uid));
    for (const [path, { metadata }] of own()) if (metadata.annotations["fake/template"] !== annotations["fake/template"]) remove(path);
    const costOf = ({ metadata }: Thing) => Number(metadata.annotations["controller.kubernetes.io/pod-deletion-cost"] ?? 0);
    const costly = own().toSorted(([one, a], [other, b]) => costOf(b) - costOf(a) || (one < other ? -1 : 1));
    for (const [path] of costly.slice(count)) remove(path);
    for (let index = 0; own().length < count; index++) {
      const { kind, apiVersion } = place;
      const ownerReferences = [{ uid, kind, apiVersion, controller: true, name }];
      const labels = { ...template.metadata?.labels, ...(kind === "Job" && { "job-name": name }) };
      const made = {
        metadata: { ...template.metadata, labels, annotations, name: `${name}-${index}`, ownerReferences },
        spec: template.spec,
      };
      const path = pathOf(pods, made.metadata.name);
      if (!things.has(path)) keep(path, stamp({ ...made, status: statusOf(made, `10.1.0.${index + 1}`, new Date().toISOString()) }, pods));
    }
    for (const [path] of own())
      for (const claim of workload.spec.volumeClaimTemplates ?? []) {
        const claimed = `${claim.metadata.name}-${path.slice(path.lastIndexOf("/") + 1)}`;
        if (!things.has(pathOf(claims, claimed)))
          keep(pathOf(claims, claimed), stamp({ metadata: { name: claimed }, spec: claim.spec }, claims));
      }
    return own().map(([, pod]) => pod);
  };
  /** The workload with its status, after its pods are there. */
  const withPods = (workload: Thing, place: Place): Thing => {
    const wanted = place.kind === "DaemonSet" ? 1 : (workload.spec.replicas ?? 1);
    const ready = podsOf(workload, place, wanted).filter(isReady).length;
    const { generation } = workload.metadata;
    const status = {
      observedGeneration: generation,
      replicas: wanted,
      updatedReplicas: wanted,
      readyReplicas: ready,
      availableReplicas: ready,
    };
    const daemons = { desiredNumberScheduled: wanted, numberReady: ready, updatedNumberScheduled: wanted, numberAvailable: ready };
    return { ...workload, status: { ...status, ...daemons } };
  };

  const answer: Answer = async (request, bytes, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    const method = request.method ?? "GET";
    const say = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const { authorization } = request.headers;
    const isNobody = authorization === `Bearer ${tokens.nobody}`;
    if (!isNobody && authorization !== `Bearer ${tokens.administrator}`) return refuse(response, 401, "Unauthorized", "Unauthorized");
    if (url.pathname === "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") return say(201, { status: { allowed: !isNobody } });
    if (isNobody && url.pathname !== "/version")
      return refuse(response, 403, "Forbidden", `User "nobody" cannot ${method} ${url.pathname}`);
    const described = discovery(url.pathname, version);
    if (described) return say(200, described);
    const [pod, log] = url.pathname.split(/\/log$/);
    if (log === "") return logged(response, things.get(pod ?? ""), url.searchParams);
    const place = placeOf(url.pathname);
    if (!place) return refuse(response, 404, "NotFound", "the server could not find the requested resource");
    const { name } = place;
    const found = name === "" ? undefined : things.get(pathOf(place, name));
    const body: Thing = bytes.length === 0 ? {} : (secretIn(bytes) ?? load(bytes.toString("utf8")));
    const missing = () => refuse(response, 404, "NotFound", `${place.kind.toLowerCase()}s "${name}" not found`);
    if (method === "GET" && name === "") {
      const items = [...things.entries()].filter(([path]) => inCollection(path, place)).map(([, thing]) => thing);
      const selected = items.filter((thing) => matches(thing, url.searchParams));
      const list = {
        kind: `${place.kind}List`,
        apiVersion: place.apiVersion,
        metadata: { resourceVersion: String(version_) },
        items: selected,
      };
      if (!url.searchParams.has("watch")) return say(200, list);
      const from = Number(url.searchParams.get("resourceVersion") ?? 0);
      if (from > 0 && from < oldest) return refuse(response, 410, "Expired", "too old resource version");
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      const write = (type: string, object: Thing) => response.write(`${JSON.stringify({ type, object })}\n`);
      const sees = ({ version, type, path, thing }: Change): void => {
        if (version > from && inCollection(path, place) && matches(thing, url.searchParams)) write(type, thing);
      };
      const sendsAll = url.searchParams.get("sendInitialEvents") === "true";
      if (sendsAll || from === 0) for (const object of selected) write("ADDED", object);
      else for (const change of changes) sees(change);
      const annotations = { "k8s.io/initial-events-end": "true" };
      const metadata = { resourceVersion: String(version_), annotations };
      if (sendsAll) write("BOOKMARK", { kind: place.kind, apiVersion: place.apiVersion, metadata });
      const end = (): void => {
        watches.delete(watch);
        response.end();
      };
      const watch = { sees, end };
      watches.add(watch);
      return void response.on("close", () => watches.delete(watch));
    }
    if (method === "GET") return found ? say(200, found) : missing();
    if (method === "POST") {
      const given = body.metadata?.name;
      if (things.has(pathOf(place, given)))
        return refuse(response, 409, "AlreadyExists", `${place.kind.toLowerCase()}s "${given}" already exists`);
      if (place.namespace !== "" && !things.has(`/api/v1/namespaces/${place.namespace}`))
        return refuse(response, 404, "NotFound", `namespaces "${place.namespace}" not found`);
      return say(201, store(place, given, body));
    }
    const wanted = body.metadata?.resourceVersion;
    if (found && ["PUT", "PATCH"].includes(method) && wanted && wanted !== found.metadata.resourceVersion)
      return refuse(response, 409, "Conflict", "the object has been modified");
    if (method === "PUT") return found ? say(200, store(place, name, body)) : missing();
    if (method === "PATCH") {
      const isApply = String(request.headers["content-type"]).includes("apply-patch");
      if (!found && !isApply) return missing();
      return say(found ? 200 : 201, store(place, name, found ? merged(found, body) : body));
    }
    if (method === "DELETE") {
      if (!found) return missing();
      remove(pathOf(place, name));
      return say(200, { kind: "Status", apiVersion: "v1", status: "Success" });
    }
    return refuse(response, 405, "MethodNotAllowed", method);
  };

  return {
    ...(await front(tokens.administrator, answer)),
    tokens,
    all: async (kind, namespace) =>
      [...things.values()].filter((thing) => thing.kind === kind && (namespace === undefined || thing.metadata.namespace === namespace)),
    change: (path, how) => {
      const [place, found] = [placeOf(path), things.get(path)];
      if (!place || !found) throw new Error(`nothing is kept at ${path}`);
      const changed = how(structuredClone(found));
      // The status of a pod is not made anew.
      if (changed === undefined) remove(path);
      else if (place.kind === "Pod") keep(path, changed);
      else store(place, place.name, changed);
    },
    forget: () => {
      changes = [];
      oldest = ++version_;
      for (const { end } of watches) end();
    },
    watches: () => watches.size,
  };
};

type Change = { readonly version: number; readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly path: string; readonly thing: Thing };
export type FakeApi = KubernetesApi & {
  /** Changes what is at a path by hand, or removes it. */
  readonly change: (path: string, how: (thing: Thing) => Thing | undefined) => void;
  /** Forgets all changes so far, and ends all watches: they have to list anew. */
  readonly forget: () => void;
  /** How many watches are open. */
  readonly watches: () => number;
};

const logged = (response: ServerResponse, pod: Thing, query: URLSearchParams): void => {
  const log = pod && logOf(pod, query);
  if (log === undefined) refuse(response, 404, "NotFound", "there is no such log");
  else response.writeHead(200, { "content-type": "text/plain" }).end(log);
};

const isReady = ({ status }: Thing): boolean => status.conditions.some((each: Thing) => each.type === "Ready" && each.status === "True");

/** The status of a job whose pods have run. */
const outcomeOf = (pods: readonly Thing[]): object => {
  const succeeded = pods.filter(({ status }) => status.phase === "Succeeded").length;
  const type = succeeded === pods.length ? "Complete" : "Failed";
  return { succeeded, failed: pods.length - succeeded, conditions: [{ type, status: "True", reason: "BackoffLimitExceeded" }] };
};

const inCollection = (path: string, { collection, namespace }: Place): boolean =>
  namespace !== "" || !collection.includes("/namespaces//")
    ? path.startsWith(`${collection}/`) && !path.slice(collection.length + 1).includes("/")
    : path.endsWith(collection.slice(collection.lastIndexOf("/")));

const matches = ({ metadata }: Thing, query: URLSearchParams): boolean => {
  const labels = (query.get("labelSelector") ?? "").split(",").filter((each) => each.includes("="));
  const fields = (query.get("fieldSelector") ?? "").split(",").filter((each) => each.includes("="));
  return (
    labels.every((each) => {
      const [name = "", value] = each.split(/!?==?/);
      return (metadata.labels?.[name] === value) !== each.includes("!=");
    }) && fields.every((each) => each !== `metadata.name=${each.split("=")[1]}` || metadata.name === each.split("=")[1])
  );
};

/** A merge patch, strategic as far as lists of named things go. */
const merged = (before: Thing, patch: Thing): Thing => {
  if (Array.isArray(patch)) {
    const isNamed = (list: Thing) => Array.isArray(list) && list.length > 0 && list.every((each: Thing) => typeof each?.name === "string");
    if (!isNamed(before) || !isNamed(patch)) return patch;
    const kept = before.filter(({ name }: Thing) => !patch.some((each: Thing) => each.name === name));
    return [
      ...kept,
      ...patch
        .filter((each: Thing) => each.$patch !== "delete")
        .map((each: Thing) => merged(before.find(({ name }: Thing) => name === each.name) ?? {}, each)),
    ];
  }
  if (patch === null || typeof patch !== "object") return patch;
  const result: Thing = { ...(before !== null && typeof before === "object" && !Array.isArray(before) ? before : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$")) continue;
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
};
