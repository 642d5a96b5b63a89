import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Dependencies } from "../../chassis/dependencies.ts";
import { addressesOf, permitted } from "../../chassis/process/addresses.ts";
import type { ValuesOf } from "../../chassis/process/setting.ts";
import type { Opened } from "../../chassis/service.ts";
import { contentOfCredential, credentialOf, documentsFor } from "../kit/credential.ts";
import { type Api, apiOf } from "./api.ts";
import { helmMajor } from "./helm.ts";
import { inquiriesOf } from "./inquiries.ts";
import { type Access, kubeconfigOf, readKubeconfig, serverUrl } from "./kubeconfig.ts";
import { KubernetesError, type KubernetesOutside, type Target } from "./ports.ts";
import type { settings } from "./settings.ts";
import { targetOf } from "./target.ts";
import { watchReport } from "./watch-report.ts";

/** Milliseconds that a look at a release may take. */
const WATCHED = 60_000;

/** Opens API servers with the credentials of runtimes. */
export const open = async ({
  config,
  settings: { helm, privateNetworks, helmSeconds, readySeconds },
  clock,
  document,
  edge,
  fetchBlob,
  guard,
  logger,
  metrics,
  name,
}: Dependencies<ValuesOf<typeof settings>>): Promise<Opened<KubernetesOutside>> => {
  const directory = join(config.state, "kubernetes");
  await removeAbandoned(directory);
  const permits = permitted(privateNetworks);
  const credentials = { document: documentsFor(document), open: edge.open };
  const [credential, contentOf] = [credentialOf(credentials), contentOfCredential(credentials)];
  const timeouts = { helm: helmSeconds * 1_000, ready: readySeconds * 1_000 };

  /** The address of an API server that is allowed. It is looked up once: helm gets the address. */
  const addressOf = async ({ host, port }: Access): Promise<string> => {
    const found = await addressesOf(host).catch((error: unknown) => {
      if (Reflect.get(Object(error), "code") !== "ENOTFOUND") throw error;
      throw new KubernetesError(`the kubeconfig is refused: its server ${host} is unknown`);
    });
    const address = found.find((each) => permits(each.address, port))?.address;
    if (address === undefined)
      throw new KubernetesError(
        `the kubeconfig is refused: its server ${host}:${port} is in a private network that this platform does not allow`,
      );
    return address;
  };
  const withApi = async <T>(content: string, use: (api: Api, access: Access, address: string) => Promise<T>): Promise<T> => {
    const access = readKubeconfig(content, clock.now());
    const address = await addressOf(access);
    const api = apiOf(access, address, clock);
    try {
      return await use(api, access, address);
    } finally {
      api.close();
    }
  };

  let known: number | undefined;
  const major = async (): Promise<number> => {
    known ??= await helmMajor(helm, directory);
    return known ?? 3;
  };
  const withNamespace = <T>(content: string, namespace: string, use: (target: Target) => Promise<T>): Promise<T> =>
    withApi(content, (api, access, address) => {
      const server = { url: serverUrl(access, address), name: access.serverName };
      const kubeconfig = kubeconfigOf(access, address);
      return use(targetOf({ api, namespace, kubeconfig, server, helm, major, clock, milliseconds: timeouts.helm, directory }));
    });

  const { watches, warnings } = watchReport(metrics.registry, logger);
  const outside: KubernetesOutside = {
    hasHelm: async () => (await helmMajor(helm, directory)) !== undefined,
    withTarget: async ({ clusterId, namespace, removing = false }, work) => {
      const found = await credential(clusterId, { removing });
      if ("denied" in found) throw new KubernetesError(found.denied);
      return withNamespace(found.content, namespace, work);
    },
    fetchPackage: fetchBlob,
    open: edge.open,
    // The breaker is that of the effects on the runtime.
    guarded: async (key, work) => {
      // A "no" is an answer, and no failure of the server.
      const refusal = (error: unknown) => {
        if (error instanceof KubernetesError) return error;
        throw error;
      };
      const done = await guard(`${name} to ${key}`, WATCHED, () => work().then((value) => ({ value }), refusal));
      if ("value" in done) return done.value;
      throw done;
    },
    report: (error, runtimeId) => logger.warn({ error, runtimeId }, "what runs there could not be watched, and will be looked at again"),
    watches,
    now: clock.now,
    sleep: clock.sleep,
    timeouts,
  };
  const placeOf = async (clusterId: string) => {
    const release = await document("releases", clusterId);
    return release && { namespace: String(release.namespace), runtimeId: String(release.runtime_id) };
  };
  return { outside, warnings, inquiries: inquiriesOf({ ...outside, contentOf, withApi, withNamespace, placeOf }) };
};

/** Removes the folders of processes that have died: they hold credentials. */
const removeAbandoned = async (directory: string): Promise<void> => {
  for (const folder of await readdir(directory).catch((): string[] => []))
    if (!isAlive(Number(folder.split("-", 1)[0]))) await rm(join(directory, folder), { recursive: true, force: true });
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
