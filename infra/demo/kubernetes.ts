import { readFileSync, rmSync } from "node:fs";
import { addressesOf } from "../../services/chassis/process/addresses.ts";
import { readKubeconfig } from "../../services/providers/kubernetes/kubeconfig.ts";
import { builtKubernetes } from "../embedded/kubernetes/install.ts";
import { startKubernetes } from "../embedded/kubernetes/server.ts";

/** A Kubernetes for the demo, or why there is none. */
export type DemoKubernetes = {
  readonly kubeconfig?: string;
  /** What it is, or why there is none, for people. */
  readonly about: string;
  /** The addresses that the platform has to allow. */
  readonly networks: string;
  readonly stop: () => Promise<void>;
};

const none = (about: string): DemoKubernetes => ({ about, networks: "none", stop: async () => {} });

/**
 * The cluster of the kubeconfig that `PITRIX_DEMO_KUBECONFIG` names (`none`: none), or else the API of the tests, if it has been built on this machine.
 * The kubeconfig that other tools use is never looked at: it may be anybody's cluster.
 */
export const demoKubernetes = async (directory: string): Promise<DemoKubernetes> => {
  const given = process.env.PITRIX_DEMO_KUBECONFIG;
  if (given === "none") return none("PITRIX_DEMO_KUBECONFIG is none");
  if (given) {
    const kubeconfig = readFileSync(given, "utf8");
    const { host, port } = readKubeconfig(kubeconfig, Date.now());
    const addresses = (await addressesOf(host)).map(({ address }) => `${address.includes(":") ? `[${address}]` : address}:${port}`);
    return { kubeconfig, about: `the cluster of ${given}`, networks: addresses.join(","), stop: async () => {} };
  }
  if (!builtKubernetes())
    return none("PITRIX_DEMO_KUBECONFIG names no cluster, and `make kubernetes-test` has not built the API of the tests here");
  rmSync(directory, { recursive: true, force: true });
  const { kubeconfig, url, stop } = await startKubernetes({ directory });
  return { kubeconfig, about: "the Kubernetes API of the tests, where no image runs", networks: new URL(url).host, stop };
};
