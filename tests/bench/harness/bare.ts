import avro from "avsc";
import type { Consumer, ConsumerConfig, KafkaMessage } from "kafkajs";
import type { Message } from "../../../events/message.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { plainKafka } from "./kafka.ts";
import type { ReadModelInput } from "./read-model.ts";

/** The event's type, from the headers. */
export const typeIn = ({ headers }: KafkaMessage): string => String(headers?.ce_type).slice("pitrix.cluster.".length);
export const timeIn = ({ headers }: KafkaMessage): string => String(headers?.ce_time);

/** Reads framed Avro with avsc alone. */
export const wireReader = (): ((value: Buffer) => Message) => {
  const types = new Map<number, avro.Type>();
  // Generated from Avro schemas.
  for (const { id, aggregate, schema } of schemas)
    if (aggregate === "cluster") types.set(id, avro.Type.forSchema(schema as avro.Schema, { omitRecordMethods: true }));
  return (value) => types.get(value.readUInt32BE(1))?.decode(value, 5).value;
};

/** Runs a consumer of a group of its own until it has had every event of the log; `begin` when it has joined, `had` is told how many were handled. */
export const consumeAll = async (
  { connection, topic, group, events }: ReadModelInput,
  options: Partial<ConsumerConfig>,
  begin: () => void,
  run: (consumer: Consumer, had: (count: number) => void) => Promise<void>,
): Promise<void> => {
  const consumer = plainKafka(connection).consumer({ groupId: group, ...options });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let left = events;
  let done: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const all = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, begin);
  await run(consumer, (count) => {
    left -= count;
    if (left <= 0) done();
  });
  await all;
  // Commits what is not committed yet.
  await consumer.disconnect();
};
