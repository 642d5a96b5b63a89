import type { Message, RecordMetadata, TopicMessages } from "kafkajs";
import type { Slice } from "../log/publish-queue.ts";
import { Outage } from "../outage.ts";
import type { LogEnd, OutgoingRecord } from "../ports.ts";
import { type Client, connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { settled, within } from "./waiting.ts";

/** The part of a kafkajs producer that is used here. */
export type Sender = {
  readonly send: (topicMessages: TopicMessages[]) => Promise<readonly RecordMetadata[]>;
  /** Ends the producer without waiting. */
  readonly discard: () => void;
  readonly close: () => Promise<void>;
};

const messageOf = ({ key, value, headers }: OutgoingRecord, partition: number): Message => ({
  key,
  value: value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  headers,
  partition,
});

const messagesOf = (slices: readonly Slice[]): TopicMessages[] => {
  const topics = new Map<string, Message[]>();
  for (const { topic, partition, records } of slices) {
    const messages = topics.get(topic) ?? [];
    for (const record of records) messages.push(messageOf(record, partition));
    topics.set(topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
};

/** The offsets after what was acknowledged. A broker that has stored it before may not tell where. */
export const endsIn = (slices: readonly Slice[], answers: readonly RecordMetadata[]): readonly LogEnd[] =>
  answers.flatMap(({ topicName: topic, partition, errorCode, baseOffset = "-1" }) => {
    const slice = slices.find((each) => each.topic === topic && each.partition === partition);
    return slice && errorCode === 0 && Number(baseOffset) >= 0
      ? [{ topic, partition, end: Number(baseOffset) + slice.records.length }]
      : [];
  });

/** The slices that were not acknowledged. */
export const uncovered = (slices: readonly Slice[], answers: readonly RecordMetadata[]): readonly Slice[] => {
  const covered = new Set<string>();
  for (const { topicName, partition, errorCode } of answers) if (errorCode === 0) covered.add(`${topicName}/${partition}`);
  return slices.filter(({ topic, partition }) => !covered.has(`${topic}/${partition}`));
};

/**
 * Prevents the two ways in which kafkajs loses acknowledged records. First, a send may resolve although it omitted partitions whose leader
 * moved: this checks the answers and sends missing slices again. Second, after a rejected send a producer reuses the sequence numbers of that
 * batch, which the broker may have stored: this discards such a producer.
 */
export const safeSend = (makeSender: () => Promise<Sender>, limit: number) => {
  let sender: Promise<Sender> | undefined;

  const sendAll = async (current: Sender, slices: readonly Slice[]): Promise<readonly LogEnd[]> => {
    const ends: LogEnd[] = [];
    for (let left = slices; left.length > 0; ) {
      const answers = await current.send(messagesOf(left));
      const missing = uncovered(left, answers);
      if (missing.length === left.length) throw new Outage("No broker acknowledged any partition of what was sent");
      ends.push(...endsIn(left, answers));
      left = missing;
    }
    return ends;
  };

  const send = async (slices: readonly Slice[]): Promise<readonly LogEnd[]> => {
    sender ??= makeSender();
    const current = sender;
    try {
      return await within(limit, "Publishing", sendAll(await current, slices));
    } catch (error) {
      sender = undefined;
      current.then(
        ({ discard }) => discard(),
        () => {},
      );
      throw error;
    }
  };

  const close = async (): Promise<void> => {
    const current = sender;
    sender = undefined;
    await current?.then(
      (it) => it.close(),
      () => {},
    );
  };
  return { send, close };
};

/** A new idempotent producer with its own connections. */
export const kafkaSender = async (options: KafkaLogOptions): Promise<Sender> => {
  const client: Client = connectClient(options);
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // Every message already has its partition; without a partitioner kafkajs would log a warning.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
  const close = async () => {
    await settled(5_000, producer.disconnect());
    client.cut();
  };
  try {
    await within(timeoutOf(options), "Connecting a producer", producer.connect());
  } catch (error) {
    client.cut();
    throw error;
  }
  const timeout = timeoutOf(options);
  return { send: (topicMessages) => producer.sendBatch({ acks: -1, timeout, topicMessages }), discard: client.cut, close };
};
