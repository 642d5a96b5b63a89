import { type Codec, UnknownSchema } from "../codec/codec.ts";
import { BODY, schemaIdIn } from "../codec/framing.ts";
import { headerOf, metaIn, metaOf, typeOf } from "../log/record.ts";
import type { Message, Meta, TraceContext } from "../message.ts";
import type { Commit, LogRecord } from "../ports.ts";

/** A decoded event with its metadata, as a subscription handles it. */
export type Delivered = {
  readonly event: Message;
  readonly meta: Meta & TraceContext;
  /** Absent if the event was read from the event store. */
  readonly record?: LogRecord;
};

/** The events of a commit, as the log delivers them. */
export const deliveredIn = (commit: Commit, codec: Codec): readonly Delivered[] =>
  commit.events.map(({ schemaId, bytes }, index) => {
    const { hops, traceparent } = commit.metadata;
    return { event: codec.decode(schemaId, bytes), meta: { ...metaIn(commit, commit.version + index), hops, traceparent } };
  });

/** The version in a record's headers; 0 if it is missing or invalid. */
export const versionOf = (record: LogRecord): number => {
  const sequence = headerOf(record, "ce_sequence") ?? "";
  const version = /^\d{1,15}$/.test(sequence) ? Number(sequence) : 0;
  return Number.isSafeInteger(version) ? version : 0;
};

export const originOf = ({ topic, partition, offset }: LogRecord): string => `${topic}/${partition}/${offset}`;

/** The event id in a record's headers; the record's origin if it is missing or invalid. */
export const eventIdIn = (record: LogRecord): string => {
  const id = headerOf(record, "ce_id") ?? "";
  return id.startsWith(`${record.key}@`) && versionOf(record) > 0 ? id : originOf(record);
};

/** Whether the key is a stream of the topic's aggregate. */
export const belongsTo = (key: string, topic: string): boolean => {
  const at = key.indexOf("/");
  return at > 0 && topic.endsWith(`.${key.slice(0, at)}`);
};

/** Decodes a record. Returns an Error with the reason if this is impossible. */
export const decode = (record: LogRecord, codec: Codec): Delivered | Error => {
  const { topic, key } = record;
  const type = typeOf(record);
  if (type === undefined) return new Error(`it is not an event of ${topic}: its ce_type is ${headerOf(record, "ce_type") ?? "missing"}`);
  if (!belongsTo(key, topic)) return new Error(`its key ${JSON.stringify(key)} is not a stream of ${topic}`);
  const version = versionOf(record);
  if (version === 0) return new Error(`it has no version: its ce_sequence is ${headerOf(record, "ce_sequence") ?? "missing"}`);
  try {
    const value = record.value ?? new Uint8Array();
    const schemaId = schemaIdIn(value);
    const event = codec.decode(schemaId, value, BODY);
    if (event.type !== type) return new Error(`its ce_type is ${type} but its value is a ${event.type}`);
    // A service writes its own topics only; an event of another service's aggregate on one of them is not that service's.
    const aggregate = codec.aggregateOf(schemaId) ?? "";
    if (!key.startsWith(aggregate) || key[aggregate.length] !== "/")
      return new Error(`its value is an event of the aggregate ${aggregate}`);
    return { event, meta: metaOf(record, version), record };
  } catch (error) {
    if (error instanceof UnknownSchema) return error;
    return new Error(`it cannot be read as ${type}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};
