import express from "express";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";

// The floor: a server and one consumer of one topic, with nothing to do.
const { connection, partitions }: { readonly connection: KafkaConnection; readonly partitions: number } = JSON.parse(
  process.env.BENCH ?? "{}",
);
const topic = "pitrix.runtime";
const kafka = new Kafka({ ...connection, clientId: "floor", logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: partitions }] });
await admin.disconnect();
const consumer = kafka.consumer({ groupId: "floor" });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
await consumer.run({ eachMessage: async () => {} });
await joined;

const app = express().use(express.json());
app.get("/readyz", (_request, response) => void response.json({}));
const server = app.listen(Number(process.env.PITRIX_PORT), "127.0.0.1");
process.once("SIGTERM", () => {
  server.close();
  process.exit(0);
});
