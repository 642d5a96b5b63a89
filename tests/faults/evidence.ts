import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { type Db, MongoClient } from "mongodb";
import { type MemoryDatabase, memoryDatabase } from "../../events/memory/database.ts";
import { type CommitDocument, fromDocument } from "../../events/mongo/commit-document.ts";
import { mongoParking } from "../../events/mongo/parking.ts";
import type { LogRecord } from "../../events/ports.ts";
import { collections } from "../../events/subscription/collections.ts";
import type { KafkaConnection } from "../../infra/embedded/kafka/connection.ts";
import { databaseOf } from "../../infra/platform/platform.ts";
import { tables } from "./composition.ts";

/** What is on the log, by topic and partition. */
export type Contents = ReadonlyMap<string, readonly (readonly LogRecord[])[]>;

/** Every record of the platform's topics, as any consumer of Kafka reads them; tried again while brokers are not at rest. The time is that without a record. */
export const readLog = async (connection: KafkaConnection, milliseconds = 60_000): Promise<Contents> => {
  for (const until = Date.now() + milliseconds; ; await pause(200)) {
    try {
      return await readOnce(connection, milliseconds);
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
};

const readOnce = async (connection: KafkaConnection, milliseconds: number): Promise<Contents> => {
  const kafka = new Kafka({ ...connection, clientId: "checker", logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const contents = new Map<string, LogRecord[][]>();
  const missing = new Map<string, number>();
  await admin.connect();
  try {
    for (const topic of (await admin.listTopics()).filter(isOurs)) {
      const ends = await admin.fetchTopicOffsets(topic);
      contents.set(
        topic,
        ends.map(() => []),
      );
      for (const { partition, high, low } of ends) if (Number(high) > Number(low)) missing.set(`${topic}/${partition}`, Number(high));
    }
  } finally {
    await admin.disconnect();
  }
  if (missing.size === 0) return contents;
  const consumer = kafka.consumer({ groupId: `checker.${randomUUID()}`, maxBytesPerPartition: 8_388_608, maxWaitTimeInMs: 50 });
  let timer: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...contents.keys()], fromBeginning: true });
    await new Promise<void>((done, fail) => {
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(new Error(`the log could not be read: ${missing.size} partitions are left`)), milliseconds);
      };
      wait();
      consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
      consumer
        .run({
          partitionsConsumedConcurrently: 6,
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            wait();
            const records = contents.get(topic)?.[partition];
            for (const { key, value, headers = {}, offset } of messages)
              records?.push({
                ...{ topic, partition, offset: Number(offset), key: String(key), value },
                headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
              });
            if (Number(messages.at(-1)?.offset ?? -1) + 1 >= (missing.get(`${topic}/${partition}`) ?? 0))
              missing.delete(`${topic}/${partition}`);
            if (missing.size === 0) done();
          },
        })
        .catch(fail);
    });
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  return contents;
};

const isOurs = (topic: string): boolean => topic.startsWith("pitrix.") && topic !== "pitrix.instances" && !topic.startsWith("pitrix.keys.");

/** What the services have in the store, in the form in which the simulation's checks read it. Timers that are not due yet are no marks. */
export const readStore = async (url: string, services = tables): Promise<ReadonlyMap<string, MemoryDatabase>> => {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: 10_000,
    readConcern: { level: "majority" },
    promoteBuffers: true,
  });
  try {
    const found = services.map(async ({ name, projections = [] }) => {
      const models = projections.map((each) => collections(projections).of(each.name));
      return [name, await readDatabase(client.db(databaseOf(name)), models)] as const;
    });
    return new Map(await Promise.all(found));
  } finally {
    await client.close();
  }
};

type Model = { readonly _id: string; readonly _stream: string; readonly _version: number; readonly _deleted: boolean };

/** One service's database. */
export const readDatabase = async (database: Db, collections: readonly string[]): Promise<MemoryDatabase> => {
  const read = memoryDatabase();
  const now = Date.now();
  for (const document of await database.collection<CommitDocument>("commits").find({}).toArray()) {
    const commit = fromDocument(document);
    const { _id } = document;
    read.commits.set(_id, commit);
    if (commit.cause !== null) read.causes.set(commit.cause, _id);
    if (commit.publish) read.due.publish.push(_id);
    if (commit.effects.length > 0) read.due.effects.push(_id);
    for (const { at } of commit.timers) if (at <= now) read.due.timers.push(`${at}|${_id}`);
  }
  for (const collection of collections) {
    const documents = await database.collection<Model>(collection).find({}).toArray();
    const stored = documents.map(
      ({ _id, _stream, _version, _deleted, ...value }) =>
        [_id, { id: _id, stream: _stream, version: _version, deleted: _deleted, value }] as const,
    );
    read.models.set(collection, new Map(stored));
  }
  const parking = mongoParking(async () => database);
  for (const parked of await parking.list(100_000)) read.parked.set(`${parked.subscription}|${parked.eventId}`, parked);
  return read;
};

/** How many commits still wait for something; cheap enough to be asked again and again. */
export const countDue = async (url: string, services = tables): Promise<number> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 2_000 });
  try {
    const counts = services.map(async ({ name }) => {
      const commits = client.db(databaseOf(name)).collection("commits");
      const [publish, effect] = await Promise.all([commits.countDocuments({ publish: true }), commits.countDocuments({ effect: true })]);
      return publish + effect;
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  } finally {
    await client.close();
  }
};
