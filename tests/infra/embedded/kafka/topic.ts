import { Kafka, logLevel } from "kafkajs";
import type { KafkaServer } from "../../../../infra/embedded/kafka/server.ts";

const client = ({ connection }: KafkaServer): Kafka =>
  new Kafka({ ...connection, logLevel: logLevel.NOTHING, retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 500 } });

/** A topic of one partition, so that its messages have one order. */
export const createTopic = async (server: KafkaServer, topic: string, replicationFactor = 1): Promise<void> => {
  const admin = client(server).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor }], waitForLeaders: false });
  } finally {
    await admin.disconnect();
  }
};

/** Resolves once all in-sync copies have the messages. */
export const produce = async (server: KafkaServer, topic: string, values: readonly string[]): Promise<void> => {
  const producer = client(server).producer();
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  } finally {
    await producer.disconnect();
  }
};

/** The first messages of a topic; rejects if they are not there within the limit. */
export const readAll = async (server: KafkaServer, topic: string, count: number, limit = 30_000): Promise<string[]> => {
  const consumer = client(server).consumer({ groupId: `reader-${process.pid}-${performance.now()}` });
  await consumer.connect();
  const values: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`only ${values.length} of ${count} messages after ${limit} ms`)), limit);
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        values.push(message.value?.toString() ?? "");
        if (values.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      consumer
        .subscribe({ topic, fromBeginning: true })
        .then(() => consumer.run({ eachMessage }))
        .catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
  }
};
