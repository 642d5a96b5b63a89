import { main } from "../../services/chassis/main.ts";
import type { ServiceModule } from "../../services/chassis/tools.ts";
import { providerOn } from "./composition.ts";
import { crashingService, makeCrashing, passing } from "./crash-points.ts";
import { ledgerTasks } from "./ledger.ts";
import { poisonedService } from "./poison.ts";

// The composition root of the fault runs: the platform's services on the platform's chassis, with what a run wants to go wrong.
const { PITRIX_FAULTS_LEDGER = "", PITRIX_FAULTS_CRASH = "", PITRIX_FAULTS_POISON = "" } = process.env;

const faulty = (module: ServiceModule): ServiceModule => ({
  ...module,
  service: async (tools) => {
    const passes = passing(PITRIX_FAULTS_CRASH);
    makeCrashing(tools.log, passes);
    return poisonedService(crashingService(await module.service(tools), passes), PITRIX_FAULTS_POISON);
  },
});

const modules: { readonly [name: string]: () => Promise<ServiceModule> } = {
  api: async () => (await import("../../services/api/service.ts")).apiModule(),
  account: async () => (await import("../../services/account/module.ts")).accountModule(() => {}),
  runtime: async () => {
    const { runtimeService } = await import("../../services/runtime/service.ts");
    return { service: () => runtimeService };
  },
  cluster: async () => {
    const { clusterService } = await import("../../services/cluster/service.ts");
    return { service: () => clusterService };
  },
  "provider-local": async () => ({ service: () => providerOn(ledgerTasks(PITRIX_FAULTS_LEDGER, `${process.pid}-${Date.now()}`)) }),
};

main(Object.fromEntries(Object.entries(modules).map(([name, load]) => [name, async () => faulty(await load())])), process.argv.slice(2));
