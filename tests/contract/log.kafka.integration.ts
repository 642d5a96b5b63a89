import { kafkaLog } from "../../events/kafka/log.ts";
import { sharedKafka } from "../../infra/embedded/shared.ts";
import { logContract } from "./log.ts";

logContract("the log on Kafka", async () => {
  const { brokers } = await sharedKafka();
  return { log: () => kafkaLog({ brokers, clientId: "contract" }), close: async () => {} };
});
