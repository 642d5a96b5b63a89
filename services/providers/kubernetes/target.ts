import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../events/index.ts";
import { isObject, text } from "../../packages/json.ts";
import { readYaml } from "../../packages/yaml.ts";
import { type Api, messageOf, versionOf } from "./api.ts";
import { runHelm } from "./helm.ts";
import { liveOf } from "./live.ts";
import { isNamespace } from "./names.ts";
import { listIn, objectIn, revisionOf } from "./observed.ts";
import { Forbidden, KubernetesError, type Target } from "./ports.ts";
import { recordedIn } from "./recorded.ts";

export type TargetOptions = {
  readonly api: Api;
  readonly namespace: string;
  /** A kubeconfig that names one address. */
  readonly kubeconfig: string;
  /** The URL with this address, and the name in the server's certificate. */
  readonly server: { readonly url: string; readonly name: string };
  readonly helm: string;
  /** The major of helm. */
  readonly major: () => Promise<number>;
  readonly clock: Clock;
  readonly milliseconds: number;
  /** Where the folders of actions are made. */
  readonly directory: string;
};

const HISTORY = 10;
/** Maximum values in what a chart says of itself. */
const MAX_VALUES = 10_000;

/** A namespace of an API server, by helm and the API. */
export const targetOf = ({ api, namespace, kubeconfig, server, helm, major, clock, milliseconds, directory }: TargetOptions): Target => {
  if (!isNamespace(namespace)) throw new KubernetesError(`[${namespace}] cannot be the name of a namespace`);
  const path = (kind: string, name = "") => `/api/v1/namespaces/${namespace}/${kind}${name && `/${name}`}`;

  /** Runs helm in a folder of its own, which only this user can read and which is removed afterwards. */
  const run = async (
    args: readonly string[],
    signal: AbortSignal,
    files: { readonly [name: string]: string | Uint8Array } = {},
  ): Promise<string> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(directory, `${process.pid}-`));
    try {
      for (const [name, content] of Object.entries({ ...files, kubeconfig }))
        await writeFile(join(folder, name), content, { mode: 0o600, flag: "wx" });
      const pinned = ["--kubeconfig", "kubeconfig", "--kube-apiserver", server.url, "--kube-tls-server-name", server.name];
      return await runHelm({
        program: helm,
        args: [...args, "--namespace", namespace, ...pinned],
        directory: folder,
        milliseconds: milliseconds + 5_000,
        signal,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const timeout = ["--timeout", `${Math.ceil(milliseconds / 1_000)}s`];

  /** Helm 4 applies on the server, and takes back what others have changed meanwhile; Helm 3 does so anyway. */
  const force = async (): Promise<readonly string[]> => ((await major()) >= 4 ? ["--server-side=true", "--force-conflicts"] : []);

  const revisions: Target["revisions"] = async (release) => {
    const selector = encodeURIComponent(`owner=helm,name=${release}`);
    const list = await api.get(`${path("secrets")}?labelSelector=${selector}`);
    return listIn(list ?? {}, "items")
      .map(revisionOf)
      .sort((a, b) => a.revision - b.revision);
  };
  const { hookLog, ...live } = liveOf({ api, namespace, revisions, clock });

  return {
    ...live,
    namespace,
    ensureNamespace: async () => {
      const found = await api.get(`/api/v1/namespaces/${namespace}`).catch((error: unknown) => {
        // Who may work in a namespace may not always look at it.
        if (error instanceof Forbidden) return {};
        throw error;
      });
      if (found) {
        if (objectIn(found, "status").phase === "Terminating") throw new KubernetesError(`namespace [${namespace}] is being deleted`);
        return;
      }
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
      const { status, body: said } = await api.send("POST", "/api/v1/namespaces", body).catch((error: unknown) => {
        if (!(error instanceof Forbidden)) throw error;
        throw new KubernetesError(`namespace [${namespace}] does not exist, and may not be created: ${error.message}`, { cause: error });
      });
      if (status !== 201 && status !== 409) throw new KubernetesError(`namespace [${namespace}] was not created: ${messageOf(said)}`);
    },
    judge: async (release, { archive, values }, signal) => {
      const groups = listIn((await api.get("/apis")) ?? {}, "groups").flatMap((group) => listIn(group, "versions"));
      const known = groups.map(({ groupVersion }) => text(groupVersion)).filter((each) => /^[a-z0-9./-]+$/.test(each));
      const server = ["--dry-run=server", "--kube-version", await versionOf(api), ...known.flatMap((each) => ["--api-versions", each])];
      await run(["template", release, "chart.tgz", "--values", "values.yaml", ...server], signal, {
        "chart.tgz": archive,
        "values.yaml": values,
      });
    },
    revisions,
    made: async (release, revision) => {
      const { chart, values } = recordedIn(await api.get(path("secrets", `sh.helm.release.v1.${release}.v${revision}`)));
      return { chart, values };
    },
    nameOf: async (archive, signal) => {
      const chart = readYaml(await run(["show", "chart", "chart.tgz"], signal, { "chart.tgz": archive }), "the chart", MAX_VALUES);
      return isObject(chart) ? text(chart.name) : "";
    },
    label: async (release, { revision, version }, labels) => {
      const where = path("secrets", `sh.helm.release.v1.${release}.v${revision}`);
      // The server changes no other version.
      const metadata = { resourceVersion: version, labels };
      const { status, body } = await api.send("PATCH", where, { metadata }, "application/merge-patch+json");
      if (![200, 404, 409].includes(status)) throw new KubernetesError(`release ${release} was not labelled: ${messageOf(body)}`);
      return status === 200;
    },
    upgrade: async (release, { archive, values, labels }, signal) => {
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const options = ["--install", "--values", "values.yaml", "--labels", pairs.join(","), "--history-max", String(HISTORY), ...timeout];
      const args = ["upgrade", release, "chart.tgz", ...options, ...(await force())];
      await run(args, signal, { "chart.tgz": archive, "values.yaml": values }).catch(async (error: unknown) => {
        const said = error instanceof KubernetesError ? await hookLog(release).catch(() => "") : "";
        throw error instanceof KubernetesError && said !== "" ? new KubernetesError(`${error.message}; ${said}`, { cause: error }) : error;
      });
    },
    rollback: async (release, revision, signal) => {
      const options = ["--no-hooks", "--history-max", String(HISTORY), ...timeout, ...(await force())];
      await run(["rollback", release, String(revision), ...options], signal);
    },
    uninstall: async (release, signal) => void (await run(["uninstall", release, "--ignore-not-found", ...timeout], signal)),
  };
};
