import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecordMetadata, TopicMessages } from "kafkajs";
import { type Sender, safeSend } from "../../../events/kafka/producer.ts";
import type { Slice } from "../../../events/log/publish-queue.ts";

type Stored = { readonly sender: number; readonly topic: string; readonly partition: number; readonly value: string };

/** A broker of which one can say, send by send, which partitions it stores and answers for, or that it fails. */
const brokerWith = (script: ((partition: number) => boolean | Error)[]) => {
  const stored: Stored[] = [];
  const discarded: number[] = [];
  let senders = 0;
  const makeSender = async (): Promise<Sender> => {
    senders += 1;
    const sender = senders;
    const send = async (topicMessages: TopicMessages[]): Promise<RecordMetadata[]> => {
      const step = script.shift() ?? (() => true);
      const answers = new Map<string, RecordMetadata>();
      for (const { topic, messages } of topicMessages) {
        for (const { partition = -1, value } of messages) {
          const outcome = step(partition);
          if (outcome instanceof Error) throw outcome;
          if (!outcome) continue;
          stored.push({ sender, topic, partition, value: String(value) });
          answers.set(`${topic}/${partition}`, { topicName: topic, partition, errorCode: 0 });
        }
      }
      return [...answers.values()];
    };
    return { send, discard: () => discarded.push(sender), close: async () => {} };
  };
  return { stored, discarded, makeSender };
};

const slice = (partition: number, ...values: string[]): Slice => ({
  topic: "t",
  partition,
  records: values.map((value) => ({ topic: "t", key: "k", value: Buffer.from(value), headers: {} })),
});

test("what the answer leaves out is sent again, whole and in order, before the send is done", async () => {
  const { stored, makeSender } = brokerWith([(partition) => partition !== 2, (partition) => partition === 2]);
  const { send } = safeSend(makeSender, 1_000);
  await send([slice(1, "a", "b"), slice(2, "c", "d"), slice(3, "e")]);
  assert.deepEqual(
    stored.map(({ partition, value }) => `${partition}${value}`),
    ["1a", "1b", "3e", "2c", "2d"],
  );
});

test("a send that nobody answers for is rejected", async () => {
  const { send } = safeSend(brokerWith([() => false]).makeSender, 1_000);
  await assert.rejects(send([slice(1, "a")]), /No broker acknowledged/);
});

test("a producer whose send was rejected is never used again", async () => {
  const { stored, discarded, makeSender } = brokerWith([() => true, () => new Error("the reply was lost"), () => true]);
  const { send } = safeSend(makeSender, 1_000);
  await send([slice(1, "a")]);
  await assert.rejects(send([slice(1, "b")]), /the reply was lost/);
  await send([slice(1, "c")]);
  assert.deepEqual(
    stored.map(({ sender, value }) => `${value} by ${sender}`),
    ["a by 1", "c by 2"],
  );
  assert.deepEqual(discarded, [1]);
});

test("a producer that cannot be made is made anew for the next send", async () => {
  const { stored, makeSender } = brokerWith([]);
  let isDown = true;
  const { send } = safeSend(async () => {
    if (isDown) throw new Error("no broker");
    return makeSender();
  }, 1_000);
  await assert.rejects(send([slice(1, "a")]), /no broker/);
  isDown = false;
  await send([slice(1, "b")]);
  assert.deepEqual(
    stored.map(({ value }) => value),
    ["b"],
  );
});

test("a send that takes too long is rejected, and its producer discarded", async () => {
  const discarded: number[] = [];
  const silent: Sender = { send: () => new Promise(() => {}), discard: () => discarded.push(1), close: async () => {} };
  const { send } = safeSend(async () => silent, 20);
  await assert.rejects(send([slice(1, "a")]), /took longer/);
  assert.deepEqual(discarded, [1]);
});
