import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { load } from "js-yaml";
import type { Issued } from "../services/chassis/tls/authority.ts";
import { secretIn } from "./kubernetes-protobuf.ts";
import { discovery, type Place, placeOf } from "./kubernetes-resources.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are looked into field by field.
export type Thing = any;

/** What a test makes of a request before it is answered: a status to answer with, or nothing. It may also never return. */
export type Meddle = (request: { readonly method: string; readonly path: string }) => Promise<number | undefined> | number | undefined;

export type FakeApi = {
  readonly url: string;
  readonly token: string;
  /** A kubeconfig for it. */
  readonly kubeconfig: (more?: { readonly cluster?: object; readonly user?: object }) => string;
  /** Everything of a kind, in all namespaces or one. */
  readonly all: (kind: string, namespace?: string) => readonly Thing[];
  readonly requests: readonly string[];
  readonly meddle: (how: Meddle) => void;
  readonly put: (path: string, thing: object) => void;
  readonly stop: () => Promise<void>;
};

/**
 * A Kubernetes API server as far as helm and the provider need one: discovery, and things in collections that are made, read, changed, watched and
 * deleted. Its one controller makes pods for workloads at once: ready, unless the image is missing (`missing/…`) or no machine fits (`nodeSelector`).
 */
export const fakeApi = async (issued: Issued, ca: string, version = "v1.35.0"): Promise<FakeApi> => {
  const token = randomUUID();
  const things = new Map<string, Thing>();
  const requests: string[] = [];
  let meddle: Meddle = () => undefined;
  let version_ = 1;
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
  const remove = (path: string): void => {
    const gone = things.get(path);
    things.delete(path);
    for (const [each, thing] of things)
      if (thing.metadata.ownerReferences?.some(({ uid }: Thing) => uid === gone?.metadata.uid)) things.delete(each);
  };
  const store = (place: Place, name: string, thing: Thing): Thing => {
    const path = pathOf(place, name);
    const stored = stamp(thing, place, things.get(path));
    things.set(path, stored);
    if (["Deployment", "StatefulSet", "DaemonSet"].includes(place.kind)) things.set(path, withPods(stored, place));
    if (place.kind === "Job") things.set(path, { ...stored, status: { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] } });
    return things.get(path);
  };
  /** The workload with its status, after its pods are there. */
  const withPods = (workload: Thing, place: Place): Thing => {
    const { template } = workload.spec;
    const wanted = place.kind === "DaemonSet" ? 1 : (workload.spec.replicas ?? 1);
    const image: string = template.spec?.containers?.[0]?.image ?? "";
    const pods: Place = { ...place, collection: `/api/v1/namespaces/${place.namespace}/pods`, kind: "Pod", apiVersion: "v1" };
    for (const [path, pod] of things)
      if (pod.metadata.ownerReferences?.some(({ uid }: Thing) => uid === workload.metadata.uid)) things.delete(path);
    const isReady = !image.startsWith("missing/") && !template.spec?.nodeSelector;
    for (let index = 0; index < wanted; index++) {
      const name = `${workload.metadata.name}-${index}`;
      const owner = { ...workload.metadata, kind: place.kind, apiVersion: place.apiVersion, controller: true };
      const { uid, kind, apiVersion, controller } = owner;
      const made = {
        metadata: { ...template.metadata, name, ownerReferences: [{ uid, kind, apiVersion, controller, name: workload.metadata.name }] },
        spec: template.spec,
        status: podStatus(image, template.spec?.nodeSelector, index),
      };
      things.set(pathOf(pods, name), stamp(made, pods));
    }
    const ready = isReady ? wanted : 0;
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

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "https://localhost");
    const method = request.method ?? "GET";
    requests.push(`${method} ${url.pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const say = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const refuse = (code: number, reason: string, message: string) =>
      say(code, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message });
    if (request.headers.authorization !== `Bearer ${token}`) return refuse(401, "Unauthorized", "Unauthorized");
    const status = await meddle({ method, path: url.pathname });
    if (status !== undefined) return refuse(status, "Meddled", `meddled with ${method} ${url.pathname}`);
    const described = discovery(url.pathname, version);
    if (described) return say(200, described);
    const place = placeOf(url.pathname);
    if (!place) return refuse(404, "NotFound", "the server could not find the requested resource");
    const { name } = place;
    const found = name === "" ? undefined : things.get(pathOf(place, name));
    const bytes = Buffer.concat(chunks);
    const body: Thing = bytes.length === 0 ? {} : (secretIn(bytes) ?? load(bytes.toString("utf8")));
    const missing = () => refuse(404, "NotFound", `${place.kind.toLowerCase()}s "${name}" not found`);
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
      response.writeHead(200, { "content-type": "application/json" });
      for (const object of selected) response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
      return void setTimeout(() => response.end(), 100);
    }
    if (method === "GET") return found ? say(200, found) : missing();
    if (method === "POST") {
      const given = body.metadata?.name;
      if (things.has(pathOf(place, given))) return refuse(409, "AlreadyExists", `${place.kind.toLowerCase()}s "${given}" already exists`);
      if (place.namespace !== "" && !things.has(`/api/v1/namespaces/${place.namespace}`))
        return refuse(404, "NotFound", `namespaces "${place.namespace}" not found`);
      return say(201, store(place, given, body));
    }
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
    return refuse(405, "MethodNotAllowed", method);
  };

  const server = createServer({ cert: readFileSync(issued.cert), key: readFileSync(issued.key) }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token,
    requests,
    kubeconfig: ({ cluster = {}, user = {} } = {}) =>
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
        contexts: [{ name: "here", context: { cluster: "here", user: "me" } }],
        clusters: [
          { name: "here", cluster: { server: url, "certificate-authority-data": readFileSync(ca).toString("base64"), ...cluster } },
        ],
        users: [{ name: "me", user: { token, ...user } }],
      }),
    all: (kind, namespace) =>
      [...things.values()].filter((thing) => thing.kind === kind && (namespace === undefined || thing.metadata.namespace === namespace)),
    meddle: (how) => {
      meddle = how;
    },
    put: (path, thing) => {
      const place = placeOf(path);
      if (!place) throw new Error(`nothing is kept at ${path}`);
      store(place, place.name, thing);
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
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

const podStatus = (image: string, nodeSelector: object | undefined, index: number): object => {
  if (nodeSelector)
    return {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 node(s) didn't match Pod's node selector." },
      ],
    };
  const [name, podIP] = ["main", `10.1.0.${index + 1}`];
  if (image.startsWith("missing/")) {
    const waiting = { reason: "ImagePullBackOff", message: `Back-off pulling image "${image}"` };
    const conditions = [{ type: "Ready", status: "False" }];
    return { phase: "Pending", podIP, conditions, containerStatuses: [{ name, image, ready: false, state: { waiting } }] };
  }
  return { phase: "Running", podIP, conditions: [{ type: "Ready", status: "True" }], containerStatuses: [{ name, image, ready: true }] };
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
