import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { Log } from "../../../events/ports.ts";
import { sharedKafka } from "../../../infra/embedded/shared.ts";
import { collect, newTopic, record, textOf } from "../../contract/log-world.ts";
import { eventually } from "../../eventually.ts";
import { produceRequest, startProxy, withoutKafkaAnswers } from "../../faults/proxy.ts";

const timeout = 1_000;

/** A broker behind a proxy that withholds its answers to what is produced while `silent.now`. */
const world = async (t: TestContext) => {
  const { connection } = await sharedKafka();
  const [host = "", port = ""] = connection.brokers[0]?.split(":") ?? [];
  const silent = { now: false };
  const proxy = await startProxy(
    { host, port: Number(port) },
    withoutKafkaAnswers(produceRequest, () => silent.now),
  );
  t.after(() => proxy.close());
  const log = kafkaLog({ ...connection, clientId: "lost-reply" });
  t.after(() => log.close());
  return { connection, silent, proxy, log, topic: await newTopic(log, { partitions: 1 }) };
};

const storedIn = async (log: Log, topic: string): Promise<(string | null)[]> => {
  const count = (await log.ends(topic))[0]?.offset ?? 0;
  const reading = await collect(log, [topic]);
  await eventually("all that is stored arrives", () => reading.records.length >= count);
  await reading.stop();
  return reading.records.map(textOf);
};

/** Publishes a, b, c...; the reply to the second is lost until its publisher gives up. Returns what was acknowledged. */
const publishAll = async (publish: (text: string) => Promise<unknown>, silent: { now: boolean }): Promise<string[]> => {
  const acknowledged: string[] = [];
  for (const text of ["a", "b", "c", "d"]) {
    silent.now = text === "b";
    await publish(text).then(
      () => acknowledged.push(text),
      () => {},
    );
  }
  return acknowledged;
};

test("after a send whose reply was lost, what is acknowledged is in the log", async (t) => {
  const { connection, silent, proxy, log, topic } = await world(t);
  const route = () => ({ host: proxy.host, port: proxy.port });
  const publisher = kafkaLog({ ...connection, clientId: "lost-reply", timeout, route });
  t.after(() => publisher.close());
  const acknowledged = await publishAll((text) => publisher.publish([record(topic, "key", text)]), silent);
  assert.deepEqual(acknowledged, ["a", "c", "d"], "the send without an answer was rejected, the others were not");
  const stored = await storedIn(log, topic);
  assert.deepEqual([...new Set(stored)], ["a", "b", "c", "d"]);
});

test("kafkajs by itself acknowledges what it then loses", async (t) => {
  const { connection, silent, proxy, log, topic } = await world(t);
  const kafka = new Kafka({
    ...connection,
    logLevel: logLevel.NOTHING,
    requestTimeout: timeout,
    socketFactory: ({ onConnect }) => connect({ host: proxy.host, port: proxy.port }, onConnect),
  });
  const naive = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 1, initialRetryTime: 50 } });
  await naive.connect();
  t.after(() => naive.disconnect());
  const acknowledged = await publishAll((text) => naive.send({ topic, messages: [{ key: "key", value: text }] }), silent);
  assert.deepEqual(acknowledged, ["a", "c", "d"]);
  const stored = await storedIn(log, topic);
  assert.ok(!stored.includes("c"), `the planted defect no longer shows: ${stored}`);
});
