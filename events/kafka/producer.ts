import type { Message, RecordMetadata, TopicMessages } from "kafkajs";
import type { Slice } from "../log/publish-queue.ts";
import { Outage } from "../outage.ts";
import type { OutgoingRecord } from "../ports.ts";
import { type Client, connectClient, type KafkaLogOptions, timeoutOf } from "./client.ts";
import { settled, within } from "./waiting.ts";

/** As much of a kafkajs producer as is used here. */
export type Sender = {
  readonly send: (topicMessages: TopicMessages[]) => Promise<readonly RecordMetadata[]>;
  /** Ends it without waiting. */
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

/** The slices that were not acknowledged. */
export const uncovered = (slices: readonly Slice[], answers: readonly RecordMetadata[]): readonly Slice[] => {
  const covered = new Set<string>();
  for (const { topicName, partition, errorCode } of answers) if (errorCode === 0) covered.add(`${topicName}/${partition}`);
  return slices.filter(({ topic, partition }) => !covered.has(`${topic}/${partition}`));
};

/**
 * Closes the two ways in which kafkajs loses acknowledged records. First, a send that resolves may have left out partitions whose leader
 * moved: the answers are checked, and what is missing is sent again. Second, after a rejected send a producer reuses the sequence numbers
 * of that batch, which the broker may have stored: such a producer is never used again.
 */
export const safeSend = (makeSender: () => Promise<Sender>, limit: number) => {
  let sender: Promise<Sender> | undefined;

  const sendAll = async (current: Sender, slices: readonly Slice[]): Promise<void> => {
    for (let left = slices; left.length > 0; ) {
      const missing = uncovered(left, await current.send(messagesOf(left)));
      if (missing.length === left.length) throw new Outage("No broker acknowledged any partition of what was sent");
      left = missing;
    }
  };

  const send = async (slices: readonly Slice[]): Promise<void> => {
    sender ??= makeSender();
    const current = sender;
    try {
      await within(limit, "Publishing", sendAll(await current, slices));
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

/** A new idempotent producer with connections of its own. */
export const kafkaSender = async (options: KafkaLogOptions): Promise<Sender> => {
  const client: Client = connectClient(options);
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // Otherwise chosen by us; given only because its absence makes kafkajs warn.
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
