import { memoryLogBroker } from "../../../../events/memory/log.ts";
import { mongo } from "../../../../events/mongo/connect.ts";
import { instance } from "../../../../events/run.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import { providerLocal } from "../../../../services/providers/local/service.ts";
import { openMachine } from "./machine/support.ts";
import { described, outsideOn } from "./shop.ts";

/** Run as a program: the local provider as a process of its own, which is asked for a cluster of so many nodes and goes on until it is killed. */
const [, , directory = "", url = "", database = "", count = "1"] = process.argv;
const clusterId = "cl-1";
const report = (error: unknown) => console.error(error);
const machine = openMachine({ directory, report });
const { store, documents, parking } = mongo({ url, database });
const log = memoryLogBroker({ clock: systemClock, partitions: 1 }).connect();
const ports = { store, documents, parking, log, clock: systemClock };
const running = instance(providerLocal, ports, contract, {
  instance: `${process.pid}`,
  partitions: 1,
  outside: { ...outsideOn(machine), report },
});
await running.start();
const deployment = described(clusterId, Number(count));
await running.execute(
  { type: "StartDeployment", clusterId, jobId: "j-1", action: "CreateCluster", deployment, nodeIds: [] } as never, // The tables check what it is.
  {
    ...{ cause: "asked", row: "test", actor: { userId: "usr-1", ownerPath: "" }, correlationId: "r-1", causationId: null },
    ...{ actionId: "j-1", traceparent: null, hops: 0 },
  },
);
