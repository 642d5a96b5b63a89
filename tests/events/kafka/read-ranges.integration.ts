import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { Log, LogBatch, LogRecord } from "../../../events/ports.ts";
import { sharedKafka } from "../../../infra/embedded/shared.ts";
import { newTopic, record, textOf } from "../../contract/log-world.ts";
import { startProxy } from "../../faults/proxy.ts";

const never = new AbortController().signal;

/** A topic of one partition on a broker that is reached through a proxy. */
const world = async (t: TestContext, { timeout = 30_000 } = {}) => {
  const { connection } = await sharedKafka();
  const [host = "", port = ""] = connection.brokers[0]?.split(":") ?? [];
  const proxy = await startProxy({ host, port: Number(port) });
  const log = kafkaLog({ ...connection, clientId: "ranges" });
  const behind = kafkaLog({ ...connection, clientId: "ranges", timeout, route: () => ({ host: proxy.host, port: proxy.port }) });
  const kafka = new Kafka({ ...connection, logLevel: logLevel.NOTHING });
  t.after(() => Promise.all([log.close(), behind.close()]));
  t.after(() => proxy.close());
  return { kafka, log, behind, proxy, topic: await newTopic(log, { partitions: 1 }) };
};
/** The records of a range, and what a test does with each batch of it. */
const read = async (log: Log, topic: string, [from, to]: readonly [number, number], during: (batch: LogBatch) => void = () => {}) => {
  const records: LogRecord[] = [];
  const nexts: number[] = [];
  const handle = async (batch: LogBatch): Promise<number> => {
    records.push(...batch.records);
    nexts.push(batch.next);
    during(batch);
    return batch.next;
  };
  await log.read([{ topic, partition: 0, from, to }], handle, never);
  return { texts: records.map(textOf), end: nexts.at(-1) };
};

/** So large that a fetch brings one of them. */
const large = (index: number): string => `${index}`.padEnd(900_000, ".");
const all = Array.from({ length: 6 }, (_, index) => large(index));

test("a reading goes on where it was after its connections were cut, and gives every record once", async (t) => {
  const { log, behind, proxy, topic } = await world(t);
  await log.publish(all.map((text) => record(topic, "key", text)));
  let cuts = 0;
  const { texts } = await read(behind, topic, [0, 6], () => {
    if (++cuts < 4) proxy.cut();
  });
  assert.equal(cuts, 6);
  assert.deepEqual(texts, all);
});

test("a reading ends with an error when the log stays away", async (t) => {
  const { log, behind, proxy, topic } = await world(t, { timeout: 1_000 });
  await log.publish(all.map((text) => record(topic, "key", text)));
  let batches = 0;
  const reading = read(behind, topic, [0, 6], () => {
    batches++;
    void proxy.close();
  });
  await assert.rejects(reading);
  assert.equal(batches, 1);
});

test("a reading passes over aborted records and marks of transactions, wherever its range begins and ends", async (t) => {
  const { kafka, log, topic } = await world(t);
  const producer = kafka.producer({ transactionalId: `third-party-${randomUUID()}`, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const text of ["1", "2", "3"]) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: "key", value: text }] });
    if (text === "2") await transaction.abort();
    else await transaction.commit();
  }
  await producer.disconnect();
  for (const [range, texts] of [
    [
      [0, 6],
      ["1", "3"],
    ],
    [[0, 1], ["1"]],
    [[1, 4], []],
    [[2, 5], ["3"]],
    [[5, 6], []],
  ] as const)
    assert.deepEqual(await read(log, topic, range), { texts, end: range[1] }, range.join());
});

test("a range whose beginning was deleted from the log is refused", async (t) => {
  const { kafka, log, topic } = await world(t);
  await log.publish(all.slice(0, 3).map((_, index) => record(topic, "key", String(index))));
  const admin = kafka.admin();
  await admin.connect();
  // kafkajs deletes only where it knows the leader.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
  await admin.disconnect();
  await assert.rejects(read(log, topic, [1, 3]), /holds 2 to 3 and not 1 to 3/);
  assert.deepEqual(await read(log, topic, [2, 3]), { texts: ["2"], end: 3 });
});
