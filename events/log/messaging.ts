import { aggregateOf, eventIdOf } from "../message.ts";
import type { Commit, LogRecord } from "../ports.ts";
import type { Attributes, SpanStart } from "../trace.ts";
import { topicOf } from "./record.ts";

// Names and attributes as OpenTelemetry's conventions for messaging and CloudEvents have them.
const kafka = (topic: string, key: string, eventId: string): Attributes => ({
  "messaging.system": "kafka",
  "messaging.destination.name": topic,
  "messaging.kafka.message.key": key,
  "messaging.message.id": eventId,
  "cloudevents.event_id": eventId,
});

/** The span of a commit's publication. */
export const publishing = ({ stream, version, events }: Commit): SpanStart => {
  const topic = topicOf(aggregateOf(stream));
  return {
    name: `send ${topic}`,
    kind: "producer",
    attributes: {
      ...kafka(topic, stream, eventIdOf(stream, version)),
      "messaging.operation.type": "send",
      "messaging.operation.name": "send",
      ...(events.length > 1 && { "messaging.batch.message_count": events.length }),
    },
  };
};

/** The span of an event's handling by a member of a group. */
export const processing = (record: LogRecord, group: string): SpanStart => ({
  name: `process ${record.topic}`,
  kind: "consumer",
  attributes: {
    ...kafka(record.topic, record.key, record.headers.ce_id ?? ""),
    "messaging.operation.type": "process",
    "messaging.operation.name": "process",
    "messaging.destination.partition.id": String(record.partition),
    "messaging.kafka.offset": record.offset,
    "messaging.consumer.group.name": group,
    "cloudevents.event_type": record.headers.ce_type ?? "",
  },
});
