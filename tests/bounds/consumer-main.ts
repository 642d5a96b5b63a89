import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/connect.ts";
import type { Documents } from "../../events/ports.ts";
import { instance } from "../../events/run.ts";
import { connectionIn } from "../../infra/embedded/kafka/connection.ts";
import { contract } from "../../services/chassis/contract.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { counts, eventsFolded, type Figures, type Told } from "./counting.ts";

// A service with one read model, whose writes wait as long as its parent says: node --expose-gc consumer-main.js DATABASE, with the servers in the environment
const [database = ""] = process.argv.slice(2);
const url = process.env.MONGODB_URL ?? "";
const connection = connectionIn(process.env);
if (!connection) throw new Error("KAFKA_BROKERS is missing");
let told: Told = { blocked: true, milliseconds: 0 };
let waiting = 0;
process.on("message", (message: Told) => {
  told = message;
});
process.once("disconnect", () => process.exit(1));

const slow = (documents: Documents): Documents => ({
  ...documents,
  write: async (...written) => {
    waiting++;
    while (told.blocked) await systemClock.sleep(50);
    await systemClock.sleep(told.milliseconds);
    waiting--;
    return documents.write(...written);
  },
});
const { store, documents, parking } = mongo({ url, database });
const log = kafkaLog({ ...connection, clientId: database });
const running = instance(
  { name: database, aggregates: {}, projections: [counts] },
  { store, documents: slow(documents), parking, log, clock: systemClock },
  contract,
  { instance: database },
);
await running.start();
setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const figures: Figures = { waiting, folded: eventsFolded(), heap: heapUsed, rss };
  process.send?.(figures);
}, 500);
