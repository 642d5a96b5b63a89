import express from "express";
import { type Collection, MongoClient } from "mongodb";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";
import { kafkaOf } from "../../rows/commands/servers.ts";

// What many write by hand: insert, send the event, and a consumer that handles one message after the other.
const settings: { readonly connection: KafkaConnection; readonly url: string; readonly partitions: number } = JSON.parse(
  process.env.BENCH ?? "{}",
);
const TOPIC = "pitrix.category";

const client = await new MongoClient(settings.url, { writeConcern: { w: "majority" } }).connect();
const commits: Collection<{ readonly _id: string; readonly [field: string]: unknown }> = client.db().collection("commits");
const documents: Collection<{ readonly _id: string }> = client.db().collection("categories");
await documents.createIndexes([{ key: { owner: 1 } }, { key: { create_time: 1 } }]);

const kafka = kafkaOf(settings.connection);
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: false, topics: [{ topic: TOPIC, numPartitions: settings.partitions }] });
await admin.disconnect();
const producer = kafka.producer();
await producer.connect();
const consumer = kafka.consumer({ groupId: "each-message", maxWaitTimeInMs: 500 });
await consumer.connect();
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
const visible = new Map<string, () => void>();
const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
// Offsets are committed after the handler, by the consumer.
await consumer.run({
  partitionsConsumedConcurrently: settings.partitions,
  eachMessage: async ({ message }) => {
    const { version, category_id: id, ...category } = JSON.parse(String(message.value));
    await documents.updateOne(
      { _id: id },
      { $set: { ...category, category_id: id, owner: "usr-bench", create_time: new Date().toISOString(), _version: version } },
      { upsert: true },
    );
    visible.get(`${id}@${version}`)?.();
    visible.delete(`${id}@${version}`);
  },
});
await joined;

let count = 0;
const streams = new Map<string, { version: number; turn: Promise<unknown> }>();
const app = express().disable("x-powered-by").set("etag", false).use(express.json());
app.get("/readyz", (_request, response) => void response.json({}));
for (const method of ["post", "patch"] as const)
  app[method]("/v1/categories", async (request, response) => {
    const id: string = request.body.category_id ?? `ctg-${++count}`;
    const stream = streams.get(id) ?? { version: 0, turn: Promise.resolve() };
    streams.set(id, stream);
    const turn = stream.turn.then(async () => {
      const version = ++stream.version;
      const event = { ...request.body, category_id: id, version };
      await commits.insertOne({ _id: `category/${id}@${version}`, event });
      const seen = new Promise<void>((resolve) => visible.set(`${id}@${version}`, resolve));
      await producer.send({ topic: TOPIC, acks: -1, messages: [{ key: `category/${id}`, value: JSON.stringify(event) }] });
      return seen;
    });
    stream.turn = turn.catch(() => {});
    await turn;
    response.json({ category_id: id });
  });
const server = app.listen(Number(process.env.PITRIX_PORT), "127.0.0.1");
process.once("SIGTERM", () => {
  server.close();
  process.exit(0);
});
