import { Kafka, logLevel } from "kafkajs";
import type { KafkaConnection } from "../../infra/embedded/kafka/connection.ts";

/** Who logs in tries again what may go later; nobody else has a reason to. */
export const clientOf = (connection: KafkaConnection, retries = connection.sasl ? 30 : 0): Kafka =>
  new Kafka({
    ...{ ...connection, requestTimeout: 5_000, connectionTimeout: 5_000, logLevel: logLevel.NOTHING },
    retry: { retries, initialRetryTime: 50, maxRetryTime: 300 },
  });

/** The error of a produced record; undefined if it was taken. */
export const producing = async (
  connection: KafkaConnection,
  topic: string,
  key = "user/u-2",
  value = "forged",
): Promise<Error | undefined> => {
  const producer = clientOf(connection).producer();
  try {
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ key, value }] });
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await producer.disconnect();
  }
};

/** What a member of a group reads first, or the error that ends it. */
export const consuming = async (connection: KafkaConnection, topic: string, groupId: string): Promise<string | Error> => {
  const consumer = clientOf(connection).consumer({ groupId });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
      void consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) }).catch(resolve);
    });
  } catch (error) {
    return error as Error;
  } finally {
    await consumer.disconnect();
  }
};

/** Whether an error is Kafka's refusal of this type. */
export const isRefusal = (error: unknown, type: string): boolean => {
  if (!(error instanceof Error)) return false;
  // kafkajs says of a group that a user may not use that it has no coordinator, once it has found one for others.
  if (type === "GROUP_AUTHORIZATION_FAILED" && error.name === "KafkaJSGroupCoordinatorNotFound") return true;
  return [error, error.cause, Reflect.get(error, "originalError")].some((each) => Reflect.get(Object(each), "type") === type);
};
