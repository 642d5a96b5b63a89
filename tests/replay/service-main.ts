import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/connect.ts";
import { instance } from "../../events/run.ts";
import { connectionIn } from "../../infra/embedded/kafka/connection.ts";
import { contract } from "../../services/chassis/contract.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { cluster } from "../../services/cluster/service.ts";
import { MODEL } from "../faults/versions.ts";

// A service with the read model of the cluster service that a run rebuilds, in a process of its own: node service-main.js DATABASE, with the servers in
// the environment. Twice a second it tells its parent what memory it has.
export type Told = { readonly heap: number; readonly rss: number };

const [database = ""] = process.argv.slice(2);
const connection = connectionIn(process.env);
if (!connection) throw new Error("KAFKA_BROKERS is missing");
process.once("disconnect", () => process.exit(1));
const { store, documents, parking } = mongo({ url: process.env.MONGODB_URL ?? "", database });
const log = kafkaLog({ ...connection, clientId: database });
const projections = (cluster.projections ?? []).filter(({ name }) => name === MODEL);
const running = instance(
  { name: database, aggregates: {}, projections },
  { store, documents, parking, log, clock: systemClock },
  contract,
  {
    instance: database,
    observer: { failed: (where, error) => void process.stderr.write(`${where}: ${error instanceof Error ? error.message : error}\n`) },
  },
);
await running.start();
setInterval(() => {
  globalThis.gc?.();
  const { heapUsed: heap, rss } = process.memoryUsage();
  const told: Told = { heap, rss };
  process.send?.(told);
}, 500);
