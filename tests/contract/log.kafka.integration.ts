import { kafkaLog } from "../../events/kafka/log.ts";
import { sharedKafka } from "../../infra/embedded/shared.ts";
import { logContract } from "./log.ts";

logContract("the log on Kafka", async () => {
  const { connection } = await sharedKafka();
  return { log: () => kafkaLog({ ...connection, clientId: "contract" }), close: async () => {} };
});
