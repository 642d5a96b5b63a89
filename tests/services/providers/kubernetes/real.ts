import { join } from "node:path";
import type { TestContext } from "node:test";
import { Registry } from "prom-client";
import type { Dependencies } from "../../../../services/chassis/dependencies.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import type { Opened } from "../../../../services/chassis/service.ts";
import { open } from "../../../../services/providers/kubernetes/outside.ts";
import type { KubernetesOutside, Target } from "../../../../services/providers/kubernetes/ports.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { archiveOf } from "../../packages/package-fixtures.ts";

export type Documents = (
  model: string,
) => Promise<readonly { readonly id: string; readonly value: { readonly [field: string]: unknown } }[]>;

const chartYaml = (more: string) => `apiVersion: v2\nname: shop\nversion: 1.0.0\n${more}`;
const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }}-web }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: web, image: {{ .Values.image | quote }} }] }
---
apiVersion: v1
kind: Service
metadata: { name: {{ .Release.Name }}-web }
spec: { selector: { app: {{ .Release.Name }} }, ports: [{ port: 80 }] }
`;
const settings = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-settings }
data: { greeting: hello }
`;

/** A chart with a Deployment and a Service; the second version adds a ConfigMap. */
export const chart = (digest: string, files: { readonly [path: string]: string } = {}): Promise<Uint8Array> =>
  archiveOf({
    "shop/Chart.yaml": chartYaml(""),
    "shop/values.yaml": "replicas: 1\nimage: nginx:1\n",
    "shop/templates/web.yaml": web,
    ...(digest.endsWith("2") && { "shop/templates/settings.yaml": settings }),
    ...files,
  });

/** The provider's outside as a process opens it, for an API server on this machine. */
export const openOn = async (...given: Parameters<typeof openedOn>): Promise<KubernetesOutside> => (await openedOn(...given)).outside;

/** The same. Its watches end with the test: a provider that dies in the middle of a test, and not with its process, does not end them. */
export const openFor = async (t: TestContext, ...given: Parameters<typeof openedOn>): Promise<KubernetesOutside> => {
  const outside = await openOn(...given);
  const over = new AbortController();
  t.after(() => over.abort("the test is over"));
  const follows = (target: Target): Target => ({
    ...target,
    follow: (changed, signal) => target.follow(changed, AbortSignal.any([signal, over.signal])),
  });
  return { ...outside, withTarget: (cluster, use) => outside.withTarget(cluster, (target) => use(follows(target))) };
};

/** The same, with what other services may inquire. */
export const openedOn = async (
  { kubeconfig, url }: Pick<KubernetesApi, "kubeconfig" | "url">,
  helm: string,
  documents: Documents,
  more: {
    readonly privateNetworks?: readonly string[];
    readonly kubeconfig?: string;
    readonly values?: string;
    readonly chart?: Uint8Array;
    readonly readySeconds?: number;
    readonly directories?: string[];
  } = {},
): Promise<Opened<KubernetesOutside>> => {
  const { privateNetworks = [new URL(url).host], values = "replicas: 2", readySeconds = 5 } = more;
  const state = join(temporaryDirectory(), "state");
  more.directories?.push(join(state, "kubernetes"));
  const dependencies = {
    config: { state },
    settings: { helm, privateNetworks, helmSeconds: 10, readySeconds },
    clock: systemClock,
    logger: { warn: () => {}, info: () => {} },
    guard: <T>(_: string, __: number, run: () => Promise<T>) => run(),
    metrics: { registry: new Registry() },
    document: async (model: string, id: string) => (await documents(model)).find((each) => each.id === id)?.value,
    edge: {
      open: async (_: string, { stream }: { readonly stream: string }) =>
        stream.startsWith("cluster/") ? values : (more.kubeconfig ?? kubeconfig()),
    },
    fetchBlob: async (_: string, digest: string) => more.chart ?? chart(digest),
  };
  return open(dependencies as unknown as Dependencies<never>); // What it does not use is left out.
};
