import { once } from "node:events";
import { createServer, request as send } from "node:https";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { logOf, statusOf, type Thing } from "./pods.ts";

/** Milliseconds between two looks at all pods. */
const PAUSE = 150;
const NODE = "node-1";

/** Where the API server of the kubelet is, who may do everything there, and a certificate by which logs are served. All is PEM. */
export type KubeletOptions = {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
};

export type ApiClient = (
  method: string,
  path: string,
  body?: object,
  type?: string,
) => Promise<{ readonly status: number; readonly body: Thing }>;

/** Asks an API server with a token. */
export const clientOf =
  ({ url, token, ca }: Pick<KubeletOptions, "url" | "token" | "ca">): ApiClient =>
  (method, path, body, type = "application/json") =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? "" : JSON.stringify(body);
      const headers = { authorization: `Bearer ${token}`, "content-type": type, "content-length": Buffer.byteLength(sent) };
      const outgoing = send(`${url}${path}`, { method, ca, headers, signal: AbortSignal.timeout(10_000) }, async (incoming) => {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: incoming.statusCode ?? 0, body: text.startsWith("{") ? JSON.parse(text) : text });
      });
      outgoing.on("error", reject);
      outgoing.end(sent);
    });

/**
 * A kubelet and a scheduler of one node on which no image runs: pods get the status that they ask for (`pods.ts`), volume claims are bound, and
 * logs are served. Stop it before the API server.
 */
export const startKubelet = async (options: KubeletOptions): Promise<{ readonly stop: () => Promise<void> }> => {
  const ask = clientOf(options);
  const server = createServer({ cert: options.cert, key: options.key }, async (request, response) => {
    const url = new URL(request.url ?? "/", "https://localhost");
    const [, what, namespace = "", name = "", container = ""] = url.pathname.split("/");
    const { status, body: pod } = await ask("GET", `/api/v1/namespaces/${namespace}/pods/${name}`).catch(() => ({ status: 503, body: {} }));
    url.searchParams.set("container", container);
    const log = what === "containerLogs" && status === 200 ? logOf(pod, url.searchParams) : undefined;
    response.writeHead(log === undefined ? 404 : 200, { "content-type": "text/plain" }).end(log ?? "there is no such log");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await register(ask, port);

  let address = 0;
  const known = new Map<string, string>();
  const addressOf = ({ uid }: Thing): string => {
    const ip = known.get(uid) ?? `10.1.${(++address >> 8) & 255}.${address & 255}`;
    known.set(uid, ip);
    return ip;
  };
  const tend = async (pod: Thing): Promise<void> => {
    const { namespace, name, uid, deletionTimestamp } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (deletionTimestamp) {
      if (pod.spec.nodeName) await ask("DELETE", path, { gracePeriodSeconds: 0, preconditions: { uid } });
      return;
    }
    const status = statusOf(pod, addressOf(pod.metadata), new Date().toISOString().replace(/\.\d+/, ""));
    if (!pod.spec.nodeName && status.podIP) {
      const target = { apiVersion: "v1", kind: "Node", name: NODE };
      await ask("POST", `${path}/binding`, { apiVersion: "v1", kind: "Binding", metadata: { name, uid }, target });
    }
    if (!isDeepStrictEqual(said(pod.status), said(status)))
      await ask("PATCH", `${path}/status`, { metadata: { uid }, status }, "application/strategic-merge-patch+json");
  };
  const bind = async ({ metadata: { namespace, name }, spec, status }: Thing): Promise<void> => {
    if (status?.phase === "Bound") return;
    const bound = { phase: "Bound", accessModes: spec.accessModes, capacity: spec.resources?.requests ?? {} };
    const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`;
    await ask("PATCH", path, { status: bound }, "application/strategic-merge-patch+json");
  };

  let isStopped = false;
  const tended = (async () => {
    while (!isStopped) {
      const [pods, claims] = await Promise.all(
        ["pods", "persistentvolumeclaims"].map((kind) => ask("GET", `/api/v1/${kind}?resourceVersion=0`).catch(() => undefined)),
      );
      const work = [...(pods?.body.items ?? []).map(tend), ...(claims?.body.items ?? []).map(bind)];
      // What a look could not do, the next one does.
      await Promise.allSettled(work);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await tended;
      server.closeAllConnections();
      server.close();
    },
  };
};

/** The part of a status by which two are compared: not the times. */
const said = ({ phase, conditions = [], containerStatuses = [], podIP }: Thing): object => ({
  ...{ phase, podIP },
  conditions: conditions.map(({ type, status }: Thing) => `${type} ${status}`).sort(),
  containers: containerStatuses.map(({ state }: Thing) => Object.keys(state)[0]),
});

const register = async (ask: ApiClient, port: number): Promise<void> => {
  const quantities = { cpu: "1000", memory: "1000Gi", pods: "1000", "ephemeral-storage": "1000Gi" };
  const node = { apiVersion: "v1", kind: "Node", metadata: { name: NODE, labels: { "kubernetes.io/hostname": NODE } } };
  const status = {
    ...{ capacity: quantities, allocatable: quantities },
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "no image runs here" }],
    nodeInfo: { kubeletVersion: "v0.0.0", operatingSystem: "linux", architecture: "amd64" },
  };
  await ask("POST", "/api/v1/nodes", node);
  // The API server marks a new node as not ready, and no controller here takes that back.
  await ask("PATCH", `/api/v1/nodes/${NODE}`, { spec: { taints: null } }, "application/merge-patch+json");
  const { status: code, body } = await ask("PATCH", `/api/v1/nodes/${NODE}/status`, { status }, "application/strategic-merge-patch+json");
  if (code !== 200) throw new Error(`the API server does not take its node: ${code} ${JSON.stringify(body)}`);
};
