import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tail } from "../command.ts";
import { EmbeddedError } from "../failure.ts";
import type { Report } from "../installing.ts";
import { freePorts } from "../ports.ts";
import { type Running, startProgram } from "../program.ts";
import { readyLimit, waitFor } from "../waiting.ts";
import { installKubernetes } from "./install.ts";
import { type ApiClient, clientOf, startKubelet } from "./kubelet.ts";

/** The controllers that releases need. There is no cloud, and no node fails. */
const controllers = [
  "deployment",
  "replicaset",
  "statefulset",
  "daemonset",
  "job",
  "cronjob",
  "garbage-collector",
  "namespace",
  "persistentvolumeclaim-protection",
];

/** A Kubernetes API on the loopback address; its processes end with this one. No image runs in it (`kubelet.ts`). */
export type KubernetesServer = {
  readonly url: string;
  /** The certificate that the server shows, in PEM; it is its own authority. */
  readonly ca: string;
  /** A kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** The token of an administrator, and that of somebody who may do nothing. */
  readonly tokens: { readonly administrator: string; readonly nobody: string };
  /** Asks it as the administrator. */
  readonly ask: ApiClient;
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
};

/** Starts a Kubernetes API in a directory, empty, and waits until it serves; builds it first if necessary. */
export const startKubernetes = async (given: { readonly directory: string; readonly report?: Report }): Promise<KubernetesServer> => {
  const program = await installKubernetes(given.report);
  // Its processes run in there.
  const directory = resolve(given.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string, content?: string): string => {
    const path = join(directory, name);
    if (content !== undefined) writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const [etcdPort, peerPort, port] = (await freePorts(3)) as [number, number, number]; // Three are asked for.
  const [etcd, peer, url] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`, `https://127.0.0.1:${port}`];
  const tokens = { administrator: randomBytes(32).toString("hex"), nobody: randomBytes(32).toString("hex") };
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const running: Running[] = [];
  const start = async (name: string, flags: object): Promise<void> => {
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const files = { logFile: file(`${name}.log`), pidFile: file(`${name}.pid`) };
    running.push(await startProgram({ name, command: program, args: [name, ...args], directory, ...files, background: true }));
  };
  const stop = async (): Promise<void> => {
    for (const each of running.reverse()) await each.stop();
  };
  try {
    await start("etcd", {
      ...{ name: "etcd", "data-dir": file("etcd"), "unsafe-no-fsync": true, "log-level": "warn" },
      ...{ "listen-client-urls": etcd, "advertise-client-urls": etcd, "listen-peer-urls": peer, "initial-advertise-peer-urls": peer },
      "initial-cluster": `etcd=${peer}`,
    });
    await start("kube-apiserver", {
      ...{ "etcd-servers": etcd, "bind-address": "127.0.0.1", "secure-port": port, "advertise-address": "127.0.0.1" },
      ...{
        "endpoint-reconciler-type": "none",
        "cert-dir": file("certificates"),
        profiling: false,
        "service-cluster-ip-range": "10.96.0.0/16",
      },
      "token-auth-file": file("tokens.csv", `${tokens.administrator},administrator,1,system:masters\n${tokens.nobody},nobody,2\n`),
      "service-account-issuer": url,
      "service-account-key-file": file("accounts.pub", publicKey.export({ type: "spki", format: "pem" }).toString()),
      "service-account-signing-key-file": file("accounts.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
      ...{ "authorization-mode": "RBAC", "disable-admission-plugins": "ServiceAccount", "enable-priority-and-fairness": false },
      "kubelet-preferred-address-types": "InternalIP",
    });
    const over = () => running.find((each) => each.hasExited());
    const certificate = join(directory, "certificates", "apiserver.crt");
    const ready = async (): Promise<ApiClient | undefined> => {
      try {
        const ask = clientOf({ url, token: tokens.administrator, ca: readFileSync(certificate, "utf8") });
        const { status } = await ask("GET", "/readyz");
        const spaces = await ask("GET", "/api/v1/namespaces/default");
        return status === 200 && spaces.status === 200 ? ask : undefined;
      } catch {
        return undefined;
      }
    };
    await waitFor(async () => over() ?? (await ready()), readyLimit, 100);
    const ask = await ready();
    if (!ask) throw await failure(over() ?? running.at(-1));
    const ca = readFileSync(certificate, "utf8");
    const kubeconfig = JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
      contexts: [{ name: "here", context: { cluster: "here", user: "administrator" } }],
      clusters: [{ name: "here", cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
      users: [{ name: "administrator", user: { token: tokens.administrator } }],
    });
    await start("kube-controller-manager", {
      kubeconfig: file("kubeconfig", kubeconfig),
      ...{
        controllers: controllers.map((each) => `${each}-controller`).join(","),
        "leader-elect": false,
        "secure-port": 0,
        profiling: false,
      },
      // The default is for large clusters.
      ...{ "concurrent-gc-syncs": 2, "kube-api-qps": 200, "kube-api-burst": 400 },
    });
    const key = readFileSync(join(directory, "certificates", "apiserver.key"), "utf8");
    const kubelet = await startKubelet({ url, token: tokens.administrator, ca, cert: ca, key });
    return {
      ...{ url, ca, kubeconfig, tokens, ask },
      get pids() {
        return running.filter((each) => !each.hasExited()).map(({ pid }) => pid);
      },
      stop: async () => {
        await kubelet.stop();
        await stop();
      },
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
};

const failure = async (server: Running | undefined): Promise<EmbeddedError> => {
  const what = server?.hasExited() ? `ended with ${await server.exited} while it started` : `does not serve within ${readyLimit / 1_000} s`;
  return new EmbeddedError("notReady", `the Kubernetes API ${what}; the end of its log:\n${tail(server?.logTail() ?? "") || "  (empty)"}`);
};
