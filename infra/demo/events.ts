import { Kafka, logLevel } from "kafkajs";
import { fromRecord, type Occurrence } from "../../events/map/index.ts";
import type { KafkaConnection } from "../embedded/kafka/connection.ts";
import { THIRD_PARTY } from "../platform/kafka.ts";

/** Follows the public events of the platform with an ordinary consumer group, like any third party: the headers name actor, cause and row. */
export const followEvents = async (connection: KafkaConnection, seen: (event: Occurrence) => void): Promise<() => Promise<void>> => {
  const kafka = new Kafka({ ...connection, clientId: "demo", logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `${THIRD_PARTY}.demo-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: [/^pitrix\.(?!deadLetter|instances|keys)\w+$/], fromBeginning: false });
  await consumer.run({
    eachMessage: async ({ topic, partition, message: { key, value, headers = {}, offset } }) => {
      const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text ?? "")]));
      const event = fromRecord({ topic, partition, offset: Number(offset), key: key?.toString() ?? "", value, headers: texts });
      if (event) seen(event);
    },
  });
  return () => consumer.disconnect();
};
