import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { Log } from "../../../events/ports.ts";
import { type KafkaServer, startKafka } from "../../../infra/embedded/kafka/server.ts";
import { collect, newTopic, positionsOf, record, textOf } from "../../contract/log-world.ts";
import { eventually } from "../../eventually.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const sessionTimeout = 2_000;

describe("a subscription on Kafka", { concurrency: false }, () => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-subscription-"));
  let server: KafkaServer;
  let kafka: Kafka;
  let admin: Admin;
  let log: Log;
  before(async () => {
    server = await startKafka({ directory, settings: { "group.min.session.timeout.ms": String(sessionTimeout) } });
    kafka = new Kafka({ ...server.connection, logLevel: logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
    log = kafkaLog({ ...server.connection, clientId: "subscription", sessionTimeout });
  });
  after(async () => {
    await log?.close();
    await admin?.disconnect();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("what was deleted from the log is passed over", async () => {
    const topic = await newTopic(log, { partitions: 1 });
    await log.publish(range(10).map((i) => record(topic, "key", String(i))));
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "7" }] });
    const fromStart = await collect(log, [topic]);
    const fromThree = await collect(log, [topic], { position: async () => 3 });
    for (const reading of [fromStart, fromThree]) {
      await eventually("what is left arrives", () => reading.records.length >= 3);
      assert.deepEqual(reading.records.map(textOf), ["7", "8", "9"]);
      await reading.stop();
    }
    const seen: (string | null)[] = [];
    const following = await log.follow(topic, (one) => seen.push(textOf(one)));
    await following.caughtUp;
    await following.stop();
    assert.deepEqual(seen, ["7", "8", "9"]);
  });

  test("marks of transactions are passed over, and a follower gets past them", async () => {
    const topic = await newTopic(log, { partitions: 1 });
    const producer = kafka.producer({ transactionalId: `third-party-${randomUUID()}`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    for (const text of ["1", "2", "3"]) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: "key", value: text }] });
      if (text === "2") await transaction.abort();
      else await transaction.commit();
    }
    await producer.disconnect();
    const reading = await collect(log, [topic]);
    await eventually("what was committed arrives", () => reading.records.length === 2);
    await log.publish([record(topic, "key", "4")]);
    await eventually("what comes after the last mark arrives", () => reading.records.length === 3);
    await reading.stop();
    assert.deepEqual(reading.records.map(textOf), ["1", "3", "4"]);
    const beyondMark = await collect(log, [topic], { position: async () => 3 });
    await eventually("reading may begin at a mark", () => beyondMark.records.length === 2);
    await beyondMark.stop();
    const following = await log.follow(topic, () => {});
    await following.caughtUp;
    await following.stop();
  });

  test("a handler slower than the session's timeout keeps its partition, and is not called twice", async () => {
    const topic = await newTopic(log, { partitions: 2 });
    await log.publish(range(20).map((i) => record(topic, `key-${i}`, String(i))));
    const positions = positionsOf();
    let calls = 0;
    let others = 0;
    const ends = await log.ends(topic);
    const reading = await collect(log, [topic], {
      position: positions.position,
      handle: async (batch) => {
        if (batch.partition === 0) {
          calls += 1;
          await new Promise((resolve) => setTimeout(resolve, 1.5 * sessionTimeout));
        } else others += batch.records.length;
        positions.save(batch);
      },
    });
    await eventually("the slow handler ends", () => positions.at.get(`${topic}/0`) === ends[0]?.offset);
    await reading.stop();
    assert.equal(calls, 1);
    assert.equal(others, ends[1]?.offset);
    assert.equal(positions.asked.length, 2, "there was no other assignment");
  });

  test("an instance that ends leaves its group, and a follower leaves no group behind", async () => {
    const topic = await newTopic(log);
    const group = `leaving.${randomUUID()}`;
    const reading = await collect(log, [topic], { group });
    const following = await log.follow(topic, () => {});
    await following.stop();
    await reading.stop();
    const { groups } = await admin.describeGroups([group]);
    assert.deepEqual(groups[0]?.members, []);
    const left = (await admin.listGroups()).groups.filter(({ groupId }) => groupId.includes(`follow.${topic}`));
    assert.deepEqual(left, []);
  });

  test("the group shows tools how far it has come", async () => {
    const topic = await newTopic(log, { partitions: 1 });
    const group = `lag.${randomUUID()}`;
    await log.publish([record(topic, "key", "1"), record(topic, "key", "2")]);
    const reading = await collect(log, [topic], { group });
    await eventually("both arrive", () => reading.records.length === 2);
    await reading.stop();
    const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    assert.equal(offsets?.partitions[0]?.offset, "2");
  });
});
