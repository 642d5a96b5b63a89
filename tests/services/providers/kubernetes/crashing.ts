import type { TestContext } from "node:test";
import { worldIn } from "../../../../events/simulation/world.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { effectsOf } from "../../../../services/providers/kit/effects.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import type { KubernetesOutside } from "../../../../services/providers/kubernetes/ports.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { type Tamper, tampered } from "../contract.ts";
import { unwatchedTime } from "../unwatched-time.ts";
import type { Documents } from "./real.ts";

const { kubernetesDeployment, ...others } = providerKubernetes.aggregates;

/** Clusters and their Kubernetes provider in memory, in real time. The provider gets the outside that `open` opens on its read models, and may crash. */
export const crashingProvider = async (t: TestContext, tamper: Tamper, open: (documents: Documents) => Promise<KubernetesOutside>) => {
  if (!kubernetesDeployment) throw new Error("the provider has no deployments");
  const aggregates = { ...others, kubernetesDeployment: { ...kubernetesDeployment, effects: effectsOf(tampered(tasks, tamper)) } };
  const time = unwatchedTime();
  const outside = await open((model) => world.documents(providerKubernetes.name, model));
  const player = { service: { ...providerKubernetes, aggregates }, outside: () => outside };
  const world = await worldIn(contract, time, [runtime, cluster, player]);
  const alive = setInterval(() => {}, 1_000);
  t.after(async () => {
    await world.stop();
    clearInterval(alive);
  });
  return {
    world,
    outside,
    crash: () => world.of(providerKubernetes.name).crash(),
    restart: async (): Promise<void> => {
      // Its leases run out.
      time.pass(20_000);
      await world.start(player, 2);
    },
  };
};
