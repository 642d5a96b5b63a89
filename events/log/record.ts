import { frame } from "../codec/framing.ts";
import { aggregateOf, eventIdOf, type Meta } from "../message.ts";
import type { Commit, LogRecord, OutgoingRecord } from "../ports.ts";

export const topicOf = (aggregate: string): string => `pitrix.${aggregate}`;

/** The events of a commit as they stand on the log: CloudEvents 1.0 in the Kafka binding's binary mode. */
export const recordsOf = (service: string, { stream, version, events, metadata }: Commit): readonly OutgoingRecord[] => {
  const topic = topicOf(aggregateOf(stream));
  return events.map(({ type, schemaId, bytes }, index) => ({
    topic,
    key: stream,
    value: frame(schemaId, bytes),
    headers: {
      ce_specversion: "1.0",
      ce_id: eventIdOf(stream, version + index),
      ce_source: `/pitrix/${service}`,
      ce_type: `${topic}.${type}`,
      ce_time: metadata.time,
      ce_subject: stream,
      ce_sequence: String(version + index).padStart(12, "0"),
      ce_correlationid: metadata.correlationId,
      ...(metadata.causationId !== null && { ce_causationid: metadata.causationId }),
      ...(metadata.actionId !== null && { ce_actionid: metadata.actionId }),
      ce_dataschema: `/schemas/ids/${schemaId}`,
      ce_row: metadata.row,
      ce_actor: metadata.actor.userId,
      ce_ownerpath: metadata.actor.ownerPath,
      ce_hops: String(metadata.hops),
      "content-type": "application/avro",
      ...(metadata.traceparent !== null && { traceparent: metadata.traceparent }),
    },
  }));
};

export const bytesOf = ({ events }: Commit): number => events.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** One header, without reading the others where that costs something. */
export const headerOf = (record: Pick<LogRecord, "headers" | "header">, name: string): string | undefined =>
  record.header ? record.header(name) : record.headers[name];

/** The event type in a record's headers, without decoding it; undefined where it is no event of ours. */
export const typeOf = (record: LogRecord): string | undefined => {
  const type = headerOf(record, "ce_type");
  return type?.startsWith(record.topic) && type[record.topic.length] === "." ? type.slice(record.topic.length + 1) : undefined;
};

/** What travels beside an event. A class, so that what few tables ask for is read from the headers only then: that is most of reading an event. */
class RecordMeta implements Meta {
  readonly eventId: string;
  readonly stream: string;
  readonly version: number;
  readonly #record: LogRecord;
  constructor(record: LogRecord, version: number) {
    this.#record = record;
    this.stream = record.key;
    this.version = version;
    this.eventId = eventIdOf(record.key, version);
  }
  get time(): string {
    return headerOf(this.#record, "ce_time") ?? "";
  }
  get actor(): Meta["actor"] {
    return { userId: headerOf(this.#record, "ce_actor") ?? "system", ownerPath: headerOf(this.#record, "ce_ownerpath") ?? "" };
  }
  get correlationId(): string {
    return headerOf(this.#record, "ce_correlationid") ?? "";
  }
  get causationId(): string | null {
    return headerOf(this.#record, "ce_causationid") ?? null;
  }
  get actionId(): string | null {
    return headerOf(this.#record, "ce_actionid") ?? null;
  }
}

export const metaOf = (record: LogRecord, version = Number(headerOf(record, "ce_sequence"))): Meta => new RecordMeta(record, version);

/** All of it, as a plain object. */
export const plainMeta = ({ eventId, stream, version, time, actor, correlationId, causationId, actionId }: Meta): Meta => {
  return { eventId, stream, version, time, actor, correlationId, causationId, actionId };
};

/** The same for an event read from the store. */
export const metaIn = ({ stream, metadata }: Commit, version: number): Meta => ({
  eventId: eventIdOf(stream, version),
  stream,
  version,
  time: metadata.time,
  actor: metadata.actor,
  correlationId: metadata.correlationId,
  causationId: metadata.causationId,
  actionId: metadata.actionId,
});
