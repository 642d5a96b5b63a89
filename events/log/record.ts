import { frame } from "../codec/framing.ts";
import { type Contract, topicOf } from "../contract.ts";
import { aggregateOf, eventIdOf, type Meta, type TraceContext } from "../message.ts";
import type { Commit, EncodedEvent, LogRecord, OutgoingRecord } from "../ports.ts";
import { causeHeader } from "./cause.ts";

/** The events of a commit as records of the log: CloudEvents 1.0 in the binary mode of the Kafka binding. */
export const recordsOf = (contract: Contract, service: string, commit: Commit): readonly OutgoingRecord[] => {
  const { stream, version, events } = commit;
  const topic = topicOf(contract, aggregateOf(stream));
  return events.map((event, index) => ({
    topic,
    key: stream,
    value: frame(event.schemaId, event.bytes),
    headers: headersOf(contract, service, topic, commit, event, version + index),
  }));
};

const headersOf = (
  contract: Contract,
  service: string,
  topic: string,
  commit: Commit,
  { type, schemaId }: EncodedEvent,
  version: number,
) => {
  const { registry = "" } = contract;
  const { stream, metadata } = commit;
  const { time, actor, correlationId, causationId, actionId, row, hops, traceparent } = metadata;
  const headers: { [name: string]: string } = {
    ce_specversion: "1.0",
    ce_id: eventIdOf(stream, version),
    ce_source: sourceOf(contract, service),
    ce_type: `${topic}.${type}`,
    ce_time: time,
    ce_subject: stream,
    ce_sequence: String(version).padStart(12, "0"),
    ce_correlationid: correlationId,
    ce_dataschema: `${registry}/schemas/ids/${schemaId}`,
    ce_row: row,
    ce_actor: actor.userId,
    ce_ownerpath: actor.ownerPath,
    ce_hops: String(hops),
    ce_commit: `${commit.version}-${commit.version + commit.events.length - 1}`,
    "content-type": "application/avro",
  };
  if (causationId !== null) headers.ce_causationid = causationId;
  if (actionId !== null) headers.ce_actionid = actionId;
  if (traceparent !== null) headers.traceparent = traceparent;
  const cause = version === commit.version ? causeHeader(contract, commit) : undefined;
  if (cause !== undefined) headers.ce_cause = cause;
  return headers;
};

/** What the events of a service name as their source. */
export const sourceOf = ({ prefix }: Pick<Contract, "prefix">, service: string): string => `/${prefix}/${service}`;

export const bytesOf = ({ events }: Commit): number => events.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** Reads one header; if the record allows it, without decoding the others. */
export const headerOf = (record: Pick<LogRecord, "headers" | "header">, name: string): string | undefined =>
  record.header ? record.header(name) : record.headers[name];

/** The event type in a record's headers; undefined if the record is not an event of its topic. */
export const typeOf = (record: LogRecord): string | undefined => {
  const type = headerOf(record, "ce_type");
  return type?.startsWith(record.topic) && type[record.topic.length] === "." ? type.slice(record.topic.length + 1) : undefined;
};

/** The metadata of a record. A class: headers are decoded only when a table reads them, which saves most of the cost of reading an event. */
class RecordMeta implements Meta, TraceContext {
  readonly stream: string;
  readonly version: number;
  readonly #record: LogRecord;
  constructor(record: LogRecord, version: number) {
    this.#record = record;
    this.stream = record.key;
    this.version = version;
  }
  get eventId(): string {
    return eventIdOf(this.stream, this.version);
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
  get hops(): number {
    return Number(headerOf(this.#record, "ce_hops") ?? 0);
  }
  get traceparent(): string | null {
    return headerOf(this.#record, "traceparent") ?? null;
  }
}

export const metaOf = (record: LogRecord, version = Number(headerOf(record, "ce_sequence"))): Meta & TraceContext =>
  new RecordMeta(record, version);

/** The metadata as a plain object. */
export const plainMeta = ({ eventId, stream, version, time, actor, correlationId, causationId, actionId }: Meta): Meta => {
  return { eventId, stream, version, time, actor, correlationId, causationId, actionId };
};

/** The metadata of an event read from the store. */
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
