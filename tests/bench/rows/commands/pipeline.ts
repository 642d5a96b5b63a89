import express from "express";
import type { Message } from "kafkajs";
import { type Collection, MongoClient } from "mongodb";
import type { KafkaConnection } from "../../../../infra/embedded/kafka/connection.ts";
import { kafkaOf } from "./servers.ts";

// The floor: one process that does by hand what a command costs at least. It inserts the commit, produces its event, takes the mark off,
// and upserts the document that is read; the latter three in batches, and whoever asked is answered when the document is there.
type Settings = {
  readonly connection: KafkaConnection;
  readonly url: string;
  readonly partitions: number;
  /** `log`: the document is written by who reads the log, as the platform does; `memory`: by who produced; `insert`: answered before. */
  readonly answers: "log" | "memory" | "insert";
};
const settings: Settings = JSON.parse(process.env.BENCH ?? "{}");
const TOPIC = "pitrix.category";
const BATCH = 1_000;

type Category = { readonly category_id: string; readonly name: string; readonly locale: string; readonly description: string };
type Work = { readonly id: string; readonly version: number; readonly category: Category; readonly time: string };
type Commit = { readonly _id: string; readonly publish?: true; readonly [field: string]: unknown };
type Document = { readonly _id: string; readonly _version: number };

const client = await new MongoClient(settings.url, { maxPoolSize: 10, writeConcern: { w: "majority" } }).connect();
const commits = client.db().collection<Commit>("commits");
const documents = client.db().collection<Document>("categories");
const positions: Collection<{ readonly _id: string }> = client.db().collection("positions");
await commits.createIndexes([
  { key: { cause: 1 }, name: "cause", sparse: true, unique: true },
  { key: { publish: 1, _id: 1 }, name: "publish", partialFilterExpression: { publish: true } },
]);
await documents.createIndexes([{ key: { owner: 1 } }, { key: { create_time: 1 } }]);

const kafka = kafkaOf(settings.connection);
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: false, topics: [{ topic: TOPIC, numPartitions: settings.partitions }] });
await admin.disconnect();
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();

const commitOf = ({ id, version, category, time }: Work, cause: string): Commit => ({
  _id: `category/${id}@${version}`,
  ...{ stream: `category/${id}`, version, publish: true, cause },
  events: [{ type: "CategoryCreated", schema: 1, bytes: Buffer.from(JSON.stringify(category)) }],
  metadata: { time, actor: { userId: "usr-bench", ownerPath: ":usr-bench" }, row: "CreateCategory", correlationId: cause, hops: 0 },
});
const messageOf = ({ id, version, category, time }: Work): Message => ({
  key: `category/${id}`,
  value: JSON.stringify({ ...category, category_id: id, version, time }),
  headers: { ce_id: `category/${id}@${version}`, ce_type: "pitrix.category.CategoryCreated", ce_time: time, ce_actor: "usr-bench" },
});

const visible = new Map<string, () => void>();
/** Of each document the newest state. */
const upsert = async (works: readonly Work[]): Promise<void> => {
  const newest = new Map<string, Work>();
  for (const work of works) if (work.version > (newest.get(work.id)?.version ?? 0)) newest.set(work.id, work);
  const operations = [...newest.values()].map(({ id, version, category, time }) => ({
    updateOne: {
      filter: { _id: id },
      update: { $set: { ...category, category_id: id, owner: "usr-bench", create_time: time, _version: version } },
      upsert: true,
    },
  }));
  await documents.bulkWrite(operations, { ordered: false });
  for (const { id, version } of works) {
    visible.get(`${id}@${version}`)?.();
    visible.delete(`${id}@${version}`);
  }
};

let queue: Work[] = [];
let running = false;
const pump = async (): Promise<void> => {
  if (running) return;
  running = true;
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH);
    queue = queue.slice(BATCH);
    await producer.send({ topic: TOPIC, acks: -1, messages: batch.map(messageOf) });
    await commits.updateMany({ _id: { $in: batch.map(({ id, version }) => `category/${id}@${version}`) } }, { $unset: { publish: "" } });
    if (settings.answers === "memory") await upsert(batch);
  }
  running = false;
};

if (settings.answers !== "memory") {
  const consumer = kafka.consumer({ groupId: "pipeline", maxWaitTimeInMs: 500, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: true,
    partitionsConsumedConcurrently: settings.partitions,
    eachBatch: async ({ batch }) => {
      const works = batch.messages.map(({ value }): Work => {
        const { version, time, ...category } = JSON.parse(String(value));
        return { id: category.category_id, version, category, time };
      });
      await upsert(works);
      // After the effects, never before.
      await positions.updateOne(
        { _id: `${TOPIC}|${batch.partition}` },
        { $set: { offset: Number(batch.lastOffset()) + 1 } },
        { upsert: true },
      );
    },
  });
  await joined;
}

/** One stream's next version is decided on the one before; those that come while it is busy go into one insert, in their order. */
type Asked = { readonly category: Category; readonly cause: string; readonly settle: (work: Promise<Work>) => void };
type Stream = { version: number; busy: boolean; waiting: Asked[] };
const streams = new Map<string, Stream>();
const insertAll = async (id: string, stream: Stream): Promise<void> => {
  if (stream.busy) return;
  stream.busy = true;
  while (stream.waiting.length > 0) {
    const asked = stream.waiting.splice(0, BATCH);
    const time = new Date().toISOString();
    const works = asked.map(({ category }, index): Work => ({ id, version: stream.version + 1 + index, category, time }));
    const inserting = commits.insertMany(
      works.map((work, index) => commitOf(work, asked[index]?.cause ?? "")),
      { ordered: true },
    );
    for (const [index, { settle }] of asked.entries()) settle(inserting.then(() => works[index] as Work));
    await inserting.then(
      () => {
        stream.version += works.length;
      },
      () => {},
    );
  }
  stream.busy = false;
};
const carryOut = async (id: string, category: Category, cause: string): Promise<void> => {
  const stream = streams.get(id) ?? { version: 0, busy: false, waiting: [] };
  streams.set(id, stream);
  const work = await new Promise<Work>((settle) => {
    stream.waiting.push({ category, cause, settle });
    void insertAll(id, stream);
  });
  const seen = new Promise<void>((resolve) => visible.set(`${id}@${work.version}`, resolve));
  queue.push(work);
  void pump();
  if (settings.answers !== "insert") await seen;
};

let count = 0;
const app = express().disable("x-powered-by").set("etag", false).use(express.json());
app.get("/readyz", (_request, response) => void response.json({}));
for (const method of ["post", "patch"] as const)
  app[method]("/v1/categories", async (request, response) => {
    const id: string = request.body.category_id ?? `ctg-${(++count).toString(36).padStart(10, "0")}`;
    await carryOut(id, request.body, request.get("idempotency-key") ?? "");
    response.json({ category_id: id });
  });
const server = app.listen(Number(process.env.PITRIX_PORT), "127.0.0.1");
process.once("SIGTERM", () => {
  server.close();
  process.exit(0);
});
