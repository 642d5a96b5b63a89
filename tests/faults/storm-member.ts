import { codec } from "../../events/codec/codec.ts";
import { kafkaLog } from "../../events/kafka/log.ts";
import { mongo } from "../../events/mongo/connect.ts";
import { executor } from "../../events/store/execute.ts";
import { collections } from "../../events/subscription/collections.ts";
import { projector } from "../../events/subscription/projections.ts";
import { reactor } from "../../events/subscription/reactions.ts";
import { defaultHooks, subscribe } from "../../events/subscription/subscription.ts";
import { connectionIn } from "../../infra/embedded/kafka/connection.ts";
import { contract } from "../../services/chassis/contract.ts";
import { systemClock } from "../../services/chassis/process/clock.ts";
import { runtime } from "../../services/runtime/service.ts";

// A member of the groups of the runtime service's subscriptions, in a process of its own; it stays until it is killed or told to leave.
const [database = ""] = process.argv.slice(2);
const url = process.env.MONGODB_URL ?? "";
const connection = connectionIn(process.env);
if (!connection) throw new Error("KAFKA_BROKERS is missing");
const log = kafkaLog({ ...connection, clientId: "storm" });
const store = mongo({ url, database });
const ports = { store: store.store, documents: store.documents, parking: store.parking, log, clock: systemClock };
const released = codec(contract.schemas);
const executing = executor(runtime, ports, released, () => {});
const quiet = (): void => {};
const hooks = defaultHooks();
const models = collections(runtime.projections);
const subscribers = [
  ...(runtime.projections ?? []).map((projection) => projector(projection, models.of(projection.name), store.documents, quiet, contract)),
  { ...reactor(runtime, executing, contract), begin: "start" as const },
];
const running = await Promise.all(subscribers.map((subscriber) => subscribe(contract, "storm", subscriber, ports, released, hooks)));
process.send?.("joined");
process.once("message", async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await log.close();
  await store.close();
  process.exit(0);
});
process.once("disconnect", () => process.exit(1));
