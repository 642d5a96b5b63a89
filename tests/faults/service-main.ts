import type { Log } from "../../events/ports.ts";
import type { Dependencies } from "../../services/chassis/dependencies.ts";
import { main } from "../../services/chassis/main.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import { listWith } from "./composition.ts";
import { crashingService, makeCrashing, passing } from "./crash-points.ts";
import { forgetLatest } from "./future-schema.ts";
import { ledgerWork } from "./ledger.ts";
import { poisonedService } from "./poison.ts";

// The composition root of the fault runs: the platform's services on the platform's chassis, with what a run wants to go wrong.
const { PITRIX_FAULTS_LEDGER = "", PITRIX_FAULTS_CRASH = "", PITRIX_FAULTS_POISON = "", PITRIX_FAULTS_UNKNOWN = "" } = process.env;
if (PITRIX_FAULTS_UNKNOWN) forgetLatest(PITRIX_FAULTS_UNKNOWN);
const passes = passing(PITRIX_FAULTS_CRASH);
const crashing = new WeakSet<Log>();

/** The same service, whose log crashes from the moment at which its outside is opened. */
const faulty = (service: AnyService): AnyService => ({
  ...poisonedService(crashingService(service, passes), PITRIX_FAULTS_POISON),
  outside: async () => {
    const own = await service.outside?.();
    return {
      open: async (dependencies: Dependencies) => {
        if (!crashing.has(dependencies.log)) makeCrashing(dependencies.log, passes);
        crashing.add(dependencies.log);
        return (await own?.open(dependencies as never)) ?? { outside: undefined }; // The service's own settings are in its dependencies.
      },
    };
  },
});

const list = listWith(ledgerWork(PITRIX_FAULTS_LEDGER, `${process.pid}-${Date.now()}`));
main(Object.fromEntries(Object.entries(list).map(([name, load]) => [name, async () => faulty(await load())])), process.argv.slice(2));
