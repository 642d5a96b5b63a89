import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Thing } from "../../infra/embedded/kubernetes/pods.ts";
import { authority } from "../services/chassis/tls/authority.ts";

type Meddled = number | { readonly status: number; readonly retryAfter: number } | undefined;
/** What a test makes of a request before it is answered: a status to answer with, or nothing. It may also never return. */
export type Meddle = (request: { readonly method: string; readonly path: string }) => Promise<Meddled> | Meddled;

/** A Kubernetes API for tests, a fake one or a real one. */
export type KubernetesApi = {
  readonly url: string;
  /** Tokens of an administrator, and of somebody who may do nothing. */
  readonly tokens: { readonly administrator: string; readonly nobody: string };
  /** A kubeconfig of the administrator. */
  readonly kubeconfig: (more?: { readonly cluster?: object; readonly user?: object }) => string;
  /** Everything of a kind, in all namespaces or one. */
  readonly all: (kind: string, namespace?: string) => Promise<readonly Thing[]>;
  readonly requests: readonly string[];
  readonly meddle: (how: Meddle) => void;
  readonly stop: () => Promise<void>;
};

export type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void>;
export type Front = Pick<KubernetesApi, "url" | "kubeconfig" | "requests" | "meddle" | "stop">;

export const refuse = (response: ServerResponse, code: number, reason: string, message: string): void => {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message }));
};

/** The TLS server of an API for tests, with a certificate of an authority of its own. It notes all requests, and lets the test meddle with them. */
export const front = async (token: string, answer: Answer): Promise<Front> => {
  const { ca, issue } = authority();
  const issued = issue("api");
  const requests: string[] = [];
  let meddle: Meddle = () => undefined;
  const received = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET" } = request;
    const { pathname: path } = new URL(request.url ?? "/", "https://localhost");
    requests.push(`${method} ${path}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const meddled = await meddle({ method, path });
    if (typeof meddled === "object") response.setHeader("retry-after", meddled.retryAfter);
    const status = typeof meddled === "object" ? meddled.status : meddled;
    if (status !== undefined) return refuse(response, status, "Meddled", `meddled with ${method} ${path}`);
    await answer(request, Buffer.concat(chunks), response);
  };
  const server = createServer({ cert: readFileSync(issued.cert), key: readFileSync(issued.key) }, (request, response) => {
    received(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const certificate = readFileSync(ca).toString("base64");
  return {
    ...{ url, requests },
    kubeconfig: ({ cluster = {}, user = {} } = {}) =>
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
        contexts: [{ name: "here", context: { cluster: "here", user: "me" } }],
        clusters: [{ name: "here", cluster: { server: url, "certificate-authority-data": certificate, ...cluster } }],
        users: [{ name: "me", user: { token, ...user } }],
      }),
    meddle: (how) => {
      meddle = how;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
