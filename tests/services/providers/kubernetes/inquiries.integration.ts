import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import { freePorts } from "../../../../infra/embedded/ports.ts";
import { markerOf } from "../../../../services/packages/secret-markers.ts";
import { nodeIdOf } from "../../../../services/providers/kubernetes/names.ts";
import { eventually } from "../../../eventually.ts";
import { sealedText } from "../../../sealed.ts";
import { kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { authority } from "../../chassis/tls/authority.ts";
import { chart, openedOn } from "./real.ts";

let api: KubernetesApi;
const helm: { [major: number]: string } = {};
before(async () => {
  api = await kubernetesApi();
  for (const major of [3, 4] as const) helm[major] = await installHelm(() => {}, major);
});
after(() => api.stop());

type More = NonNullable<Parameters<typeof openedOn>[3]>;
const documents = async (model: string) => (model === "credentials" ? [{ id: "runtimec-1", value: { sealed_content: "sealed" } }] : []);
const inquire = async (name: string, fields: { readonly [field: string]: unknown }, more: More = {}, major = 4) => {
  const { inquiries = {} } = await openedOn(api, helm[major] ?? "", documents, more);
  return (await inquiries[name]?.(fields)) ?? {};
};
const refusedOf = async (...given: Parameters<typeof inquire>) => String((await inquire(...given)).refused);
const tried = (content: string, zone = "", more: More = {}) => inquire("credential", { content, zone }, more);

test("a credential is good if the API server is trusted, knows it, and lets it deploy", async () => {
  for (const zone of ["", "default", "not-there-yet"]) assert.deepEqual(await tried(api.kubeconfig(), zone), {}, zone);
  const { zone } = await inquire("zones", { runtime_credential_id: "runtimec-1" });
  assert.ok(Array.isArray(zone) && (zone.includes("default") || zone.length === 0), String(zone));
});

test("a credential that is not good is refused with the reason", async () => {
  const strangers = authority();
  const user = (token: string) => ({ user: { token } });
  const [closed = 0] = await freePorts(1);
  const closedPort = { cluster: { server: `https://127.0.0.1:${closed}` } };
  for (const [content, why, zone = ""] of [
    ["{", /^the kubeconfig is refused: it is not YAML/],
    [api.kubeconfig(user("wrong")), /^the API server does not know the credential of the runtime$/],
    [api.kubeconfig(user(api.tokens.nobody)), /^the credential of the runtime may not create secrets in namespace \[default\]$/, "default"],
    [api.kubeconfig(), /^\[No\] cannot be the name of a namespace$/, "No"],
    [
      api.kubeconfig({ cluster: { "certificate-authority-data": readFileSync(strangers.ca).toString("base64") } }),
      /^the certificate of the API server is not trusted: the kubeconfig does not know the authority that signed it$/,
    ],
    [api.kubeconfig({ cluster: { "tls-server-name": "elsewhere" } }), /is not trusted: it is for another name$/],
    [api.kubeconfig(closedPort), /^the API server does not answer: ECONNREFUSED$/],
  ] as const)
    assert.match(String((await tried(content, zone, { privateNetworks: ["127.0.0.0/8"] })).refused), why);
  api.meddle(({ path }) => (path === "/version" ? 403 : undefined));
  assert.match(
    String((await tried(api.kubeconfig())).refused),
    /^the credential of the runtime may not do this: meddled with GET \/version$/,
  );
  api.meddle(({ path }) => (path === "/version" ? 503 : undefined));
  assert.match(String((await tried(api.kubeconfig())).refused), /^the API server does not answer: the API server answers 503/);
  api.meddle(() => new Promise(() => {}));
  assert.match(String((await tried(api.kubeconfig())).refused), /^the API server does not answer: it takes too long$/);
  api.meddle(() => undefined);
});

test("a server whose certificate has expired, or that is none of Kubernetes, is refused", async () => {
  const { ca, issue } = authority();
  const answerOf = async (days: number): Promise<string> => {
    const { cert, key } = issue(`server-${days}`, days);
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) => void response.end("{}"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cluster = { server: url, "certificate-authority-data": readFileSync(ca).toString("base64") };
    const { refused } = await tried(api.kubeconfig({ cluster }), "", { privateNetworks: ["127.0.0.0/8"] });
    server.closeAllConnections();
    server.close();
    return String(refused);
  };
  assert.equal(await answerOf(-1), "the certificate of the API server is not trusted: it has expired");
  assert.equal(await answerOf(1), "the server does not say which version of Kubernetes it is");
});

const judged = {
  cluster_id: "cl-1",
  runtime_credential_id: "runtimec-1",
  zone: "judged",
  package_owner: "repo",
  package_digest: "sha256:1",
};
const values = { configuration: markerOf(""), secrets: [{ path: "", sealed: sealedText("values") }] };
const schema = JSON.stringify({ properties: { replicas: { type: "integer" }, password: { type: "string", minLength: 20 } } });

for (const major of [3, 4])
  test(`a chart with values is judged by Helm ${major} before anything happens, and nothing secret is said`, async () => {
    const limited = await chart("sha256:1", { "shop/values.schema.json": schema });
    const newer = await chart("sha256:1", {
      "shop/Chart.yaml": 'apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: ">=1.99.0"\n',
    });
    const broken = await chart("sha256:1", { "shop/templates/web.yaml": '{{ required "a name is needed" .Values.name }}' });
    const judge = (given: string, archive: Uint8Array, fields: object = values) =>
      refusedOf("chart", { ...judged, ...fields }, { values: given, chart: archive }, major);
    assert.match(await judge("replicas: two", limited), /replicas.*(?:Expected: integer, given: string|got string, want integer)/);
    const secret = await judge("password: hunter22", limited);
    assert.match(secret, /password/);
    assert.doesNotMatch(secret, /hunter22/);
    assert.match(await judge("replicas: 2", newer), /requires kubeVersion: >=1\.99\.0/);
    assert.match(await judge("replicas: 2", broken), /a name is needed/);
    assert.equal(await judge("replicas: 2", await chart("sha256:1")), "undefined");
    assert.equal(await judge("", await chart("sha256:1"), { configuration: "", secrets: [] }), "undefined");
    assert.deepEqual(await api.all("Secret", "judged"), []);
  });

test("the log of a pod is that of the node, and of no other pod of its name; also what it wrote before it was started again", async () => {
  const lines = (word: string) => Array.from({ length: 50 }, (_, nth) => `${word} ${nth}`).join("\n");
  const annotations = { waiting: "CrashLoopBackOff", log: lines("line"), "previous-log": lines("last word") };
  const annotated = Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`kubelet.pitrix.example/${name}`, value]));
  const web = (name: string, more: object) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }, annotations: ${JSON.stringify(more)} }
    spec: { containers: [{ name: ${name}, image: nginx }, { name: side, image: nginx }] }
`;
  const [clusterId, namespace] = ["cl-1", "logs"];
  const known: { readonly [model: string]: { readonly id: string; readonly value: { readonly [field: string]: unknown } } } = {
    clusterOwners: { id: clusterId, value: { runtime_id: "runtime-1", ceased: false } },
    runtimes: { id: "runtime-1", value: { credential_id: "runtimec-1", deleted: false } },
    credentials: { id: "runtimec-1", value: { sealed_content: "sealed" } },
    releases: { id: clusterId, value: { namespace } },
  };
  const { outside, inquiries } = await openedOn(api, helm[4] ?? "", async (model) => [known[model] ?? []].flat());
  const archive = await chart("sha256:1", {
    "shop/templates/web.yaml": web("web", annotated),
    "shop/templates/calm.yaml": web("calm", {}),
  });
  const [pod, calm] = await outside.withTarget({ clusterId, namespace }, async (target) => {
    await target.ensureNamespace();
    await target.upgrade(clusterId, { archive, values: "", labels: { a: "b" } }, new AbortController().signal);
    return eventually("both pods are there", async () => {
      const { pods } = await target.observe(clusterId);
      const [one, other] = [pods.find(({ reason }) => /CrashLoopBackOff/.test(reason)), pods.find(({ isReady }) => isReady)];
      return one && other && ([one, other] as const);
    });
  });
  const asked = { node_id: nodeIdOf(clusterId, pod), cluster_id: clusterId, instance_id: pod.name, name: "process", limit: 20 };
  const ask = async (more: object = {}) => inquiries?.log?.({ ...asked, ...more });
  assert.deepEqual(await ask(), { log: " 47\nline 48\nline 49\n", task_id: [] });
  assert.match(String((await ask({ name: "side", limit: 1_000 }))?.log), /line 49/);
  for (const name of ["process/previous", "web/previous", "/previous"])
    assert.deepEqual(await ask({ name }), { log: "ord 48\nlast word 49\n", task_id: [] }, name);
  const started = { node_id: nodeIdOf(clusterId, calm), instance_id: calm.name };
  assert.match(String((await ask({ ...started, limit: 1_000 }))?.log), /^container calm of image nginx started/);
  assert.deepEqual(await ask({ ...started, name: "calm/previous" }), { log: "", task_id: [] }, "it was not started again");
  for (const more of [
    { name: "other" },
    { name: "other/previous" },
    { name: "web/previous/previous" },
    { node_id: "cln-1-else" },
    { instance_id: "web-9" },
    { instance_id: "../secrets/x" },
    { cluster_id: "cl-2" },
  ])
    assert.equal(await ask(more).catch(() => undefined), undefined, JSON.stringify(more));
});
