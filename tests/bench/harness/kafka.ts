import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaConnection } from "../../../infra/embedded/kafka/connection.ts";

/** A plain client, as a bare script would have it. */
export const plainKafka = (connection: KafkaConnection): Kafka =>
  new Kafka({ ...connection, clientId: "bench", logLevel: logLevel.NOTHING, retry: { retries: 10 } });

/** How many records each partition of a topic holds. */
export const endsOf = async (connection: KafkaConnection, topic: string): Promise<ReadonlyMap<number, number>> => {
  const admin = plainKafka(connection).admin();
  await admin.connect();
  try {
    return new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  } finally {
    await admin.disconnect();
  }
};

/** A fresh broker first loads what it keeps of groups, and turns away who joins meanwhile. */
export const wakeCoordinators = async (connection: KafkaConnection, topics: readonly string[]): Promise<void> => {
  const admin = plainKafka(connection).admin();
  await admin.connect();
  try {
    for (let group = 0; group < 16; group++)
      for (let tries = 1; ; tries++) {
        try {
          await admin.fetchOffsets({ groupId: `bench-wake-${group}`, topics: [...topics] });
          break;
        } catch (error) {
          if (tries === 50) throw error;
          await pause(100);
        }
      }
  } finally {
    await admin.disconnect();
  }
};
