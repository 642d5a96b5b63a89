import { worldIn } from "../../../../events/simulation/world.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { effectsOf } from "../../../../services/providers/kit/effects.ts";
import { tasks } from "../../../../services/providers/local/effects.ts";
import { providerLocal } from "../../../../services/providers/local/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { providerContract, type Subject, tampered } from "../contract.ts";
import { unwatchedTime } from "../unwatched-time.ts";
import { playground } from "./machine/support.ts";
import { outsideOn, shop } from "./shop.ts";

const { localDeployment, ...others } = providerLocal.aggregates;

/** The local provider on this machine, with everything else in memory. */
const real: Subject = {
  version: (versionId) => ({ ...shop.version, versionId }),
  configuration: shop.configuration(2),
  role: "web",
  open: async (t, tamper) => {
    if (!localDeployment) throw new Error("the provider has no deployments");
    const { machine: make } = playground(t);
    const machine = make({ authorize: async () => {} });
    const aggregates = { ...others, localDeployment: { ...localDeployment, effects: effectsOf(tampered(tasks, tamper)) } };
    const player = { service: { ...providerLocal, aggregates }, outside: () => outsideOn(machine) };
    const time = unwatchedTime();
    const world = await worldIn(contract, time, [runtime, cluster, player]);
    const alive = setInterval(() => {}, 1_000);
    t.after(async () => {
      await world.stop();
      clearInterval(alive);
    });
    return {
      bench: {
        ...{ send: world.send, documents: world.documents, history: world.history, provider: providerLocal.name },
        until: async (what, isSo) => void (await eventually(what, isSo)),
        crash: () => world.of(providerLocal.name).crash(),
        restart: async () => {
          // Its leases run out.
          time.pass(20_000);
          await world.start(player, 2);
        },
      },
      holds: async () => {
        const all = await machine.list();
        const running = all.filter(({ process }) => process.status === "running");
        return { nodes: all.map(({ nodeId }) => nodeId), running: running.map(({ nodeId }) => nodeId) };
      },
    };
  },
};

providerContract("the local provider on this machine", real, ["fails in the middle", "is interrupted by a crash"]);
