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

/** The event type in a record's headers, without decoding it; undefined where it is no event of ours. */
export const typeOf = ({ topic, headers }: LogRecord): string | undefined => {
  const type = headers.ce_type;
  return type?.startsWith(`${topic}.`) ? type.slice(topic.length + 1) : undefined;
};

export const metaOf = ({ key, headers }: LogRecord): Meta => ({
  eventId: headers.ce_id ?? "",
  stream: key,
  version: Number(headers.ce_sequence),
  time: headers.ce_time ?? "",
  actor: { userId: headers.ce_actor ?? "system", ownerPath: headers.ce_ownerpath ?? "" },
  correlationId: headers.ce_correlationid ?? "",
  causationId: headers.ce_causationid ?? null,
  actionId: headers.ce_actionid ?? null,
});

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
