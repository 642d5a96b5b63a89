// Emmett with its MongoDB store behind the same HTTP and the same publishing to Kafka. What is read is its inline projection, written with the
// events in one update, so an answer needs no consumer: it is given when the event is on the log.
import { CommandHandler, isExpectedVersionConflictError } from "@event-driven-io/emmett";
import { getMongoDBEventStore, mongoDBInlineProjection, toStreamName } from "@event-driven-io/emmett-mongodb";
import express from "express";
import { Kafka, logLevel } from "kafkajs";
import { MongoClient } from "mongodb";

const { connection, url, partitions } = JSON.parse(process.env.BENCH ?? "{}");
const TOPIC = "pitrix.category";
const BATCH = 1_000;

const client = await new MongoClient(url, { maxPoolSize: 10, writeConcern: { w: "majority" } }).connect();
const evolve = (document, { data }) => ({ ...document, ...data });
const store = getMongoDBEventStore({
  client,
  projections: [
    {
      type: "inline",
      projection: mongoDBInlineProjection({ canHandle: ["CategoryCreated", "CategoryModified"], initialState: () => ({}), evolve }),
    },
  ],
});
// Its upsert tells of a lost race by a duplicate key, which its own retry does not know; one stream's commands take turns, so that few race.
const lostRace = (error) => isExpectedVersionConflictError(error) || error?.code === 11_000;
const retry = { onVersionConflict: { retries: 1_000, minTimeout: 1, factor: 1, shouldRetryError: lostRace } };
const handle = CommandHandler({ evolve, initialState: () => ({}), retry });
const turns = new Map();
const inTurn = (id, run) => {
  const turn = (turns.get(id) ?? Promise.resolve()).then(run, run);
  turns.set(id, turn);
  const leave = () => turns.get(id) === turn && turns.delete(id);
  turn.then(leave, leave);
  return turn;
};

const kafka = new Kafka({ ...connection, clientId: "emmett", logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: false, topics: [{ topic: TOPIC, numPartitions: partitions }] });
await admin.disconnect();
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();

let queue = [];
let running = false;
const pump = async () => {
  if (running) return;
  running = true;
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH);
    queue = queue.slice(BATCH);
    await producer.send({ topic: TOPIC, acks: -1, messages: batch.map(({ message }) => message) }).then(
      () => {
        for (const { resolve } of batch) resolve();
      },
      (error) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
  running = false;
};
const publish = (message) =>
  new Promise((resolve, reject) => {
    queue.push({ message, resolve, reject });
    void pump();
  });

let count = 0;
const app = express().disable("x-powered-by").set("etag", false).use(express.json());
app.get("/readyz", (_request, response) => void response.json({}));
const command = (type, idOf) => async (request, response) => {
  const id = idOf(request.body);
  const data = { ...request.body, category_id: id };
  const { nextExpectedStreamVersion: version } = await inTurn(id, () =>
    handle(store, toStreamName("category", id), () => [{ type, data }]),
  );
  const headers = { ce_id: `category/${id}@${version}`, ce_type: `pitrix.category.${type}`, ce_time: new Date().toISOString() };
  await publish({ key: `category/${id}`, value: JSON.stringify({ ...data, version: Number(version) }), headers });
  response.json({ category_id: id });
};
app.post(
  "/v1/categories",
  command("CategoryCreated", () => `ctg-${(++count).toString(36).padStart(10, "0")}`),
);
app.patch(
  "/v1/categories",
  command("CategoryModified", ({ category_id }) => category_id),
);
const server = app.listen(Number(process.env.PITRIX_PORT), "127.0.0.1");
process.once("SIGTERM", () => {
  server.close();
  process.exit(0);
});
