import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { type KafkaServer, startKafka } from "../../../infra/embedded/kafka.ts";
import { byKey, collect, eventually, record } from "../../contract/log-world.ts";

const kills = 3;
const batch = 60;
const keys = Array.from({ length: batch }, (_, i) => `cluster/cl-${i}`);

describe("three brokers, whose leaders are killed while batches are published that span them", { concurrency: false }, () => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-failover-"));
  let kafka: KafkaServer;
  before(async () => {
    kafka = await startKafka({ directory, nodes: 3 });
  });
  after(async () => {
    await kafka?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const log = () => kafkaLog({ brokers: kafka.brokers, clientId: "failover", replicationFactor: 3, minInsyncReplicas: 2 });

  /** One broker after the other is killed and comes back. */
  const killEach = async (): Promise<void> => {
    for (let node = 1; node <= kills; node++) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await kafka.kill(node);
      await kafka.restart(node);
    }
  };

  /** Publishes round after round, each until it is acknowledged. Returns the number of rounds. */
  const publishUntil = async (isOver: () => boolean, publish: (round: number) => Promise<unknown>): Promise<number> => {
    let rounds = 0;
    for (; !isOver(); rounds++) {
      const until = Date.now() + 60_000;
      for (let isDone = false; !isDone; ) {
        isDone = await publish(rounds).then(
          () => true,
          () => false,
        );
        assert.ok(isDone || Date.now() < until, "publishing works again after a while");
      }
    }
    return rounds;
  };

  /** How many acknowledged records are not in the log, and whether the first occurrences of every key are in order. */
  const look = async (topic: string, rounds: number): Promise<{ readonly lost: number; readonly isInOrder: boolean }> => {
    const reader = log();
    const stored = (await reader.ends(topic)).reduce((sum, { offset }) => sum + offset, 0);
    const reading = await collect(reader, [topic], { group: `failover.${randomUUID()}` });
    await eventually(() => reading.records.length >= stored, "all that is stored arrives", 60_000);
    await reader.close();
    const first = [...byKey(reading.records).values()].map((texts) => [...new Set(texts)].map(Number));
    const found = first.reduce((sum, numbers) => sum + numbers.length, 0);
    return {
      lost: rounds * batch - found,
      isInOrder: first.every((numbers) => numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0))),
    };
  };

  test("the log loses nothing that it acknowledged and keeps the order of each key, while kafkajs by itself loses some", async (t) => {
    const [topic, naiveTopic] = [`failover.${randomUUID()}`, `failover.${randomUUID()}`];
    const publisher = log();
    t.after(() => publisher.close());
    await publisher.ensureTopics([topic, naiveTopic].map((name) => ({ name, partitions: 6, compacted: false })));
    const naive = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    await naive.connect();
    t.after(() => naive.disconnect());

    let isOver = false;
    const killing = killEach().finally(() => {
      isOver = true;
    });
    const [, rounds, naiveRounds] = await Promise.all([
      killing,
      publishUntil(
        () => isOver,
        (round) => publisher.publish(keys.map((key) => record(topic, key, String(round)))),
      ),
      publishUntil(
        () => isOver,
        (round) => naive.send({ topic: naiveTopic, messages: keys.map((key) => ({ key, value: String(round) })) }),
      ),
    ]);
    const [ours, theirs] = [await look(topic, rounds), await look(naiveTopic, naiveRounds)];
    t.diagnostic(
      `lost: ${ours.lost} of ${rounds * batch} acknowledged by the log, ${theirs.lost} of ${naiveRounds * batch} by kafkajs alone`,
    );
    assert.deepEqual(ours, { lost: 0, isInOrder: true });
    assert.ok(theirs.lost > 0, "the planted defect no longer shows");
  });
});
