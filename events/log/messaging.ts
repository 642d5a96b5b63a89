import { type Contract, topicOf } from "../contract.ts";
import { aggregateOf, eventIdOf, type Message, type Meta } from "../message.ts";
import type { Commit, LogRecord } from "../ports.ts";
import type { Attributes, SpanStart } from "../trace.ts";

// Names and attributes follow OpenTelemetry's conventions for messaging and CloudEvents.
const kafka = (topic: string, key: string, eventId: string): Attributes => ({
  "messaging.system": "kafka",
  "messaging.destination.name": topic,
  "messaging.kafka.message.key": key,
  "messaging.message.id": eventId,
  "cloudevents.event_id": eventId,
});

/** The span of a commit's publication. */
export const publishing = (contract: Contract, { stream, version, events }: Commit): SpanStart => {
  const topic = topicOf(contract, aggregateOf(stream));
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

/** The span in which a group member handles an event. */
export const processing = (
  contract: Contract,
  { event, meta, record }: { readonly event: Message; readonly meta: Meta; readonly record?: LogRecord },
  group: string,
): SpanStart => {
  const { stream, eventId } = meta;
  const topic = topicOf(contract, aggregateOf(stream));
  return {
    name: `process ${topic}`,
    kind: "consumer",
    attributes: {
      ...kafka(topic, stream, eventId),
      "messaging.operation.type": "process",
      "messaging.operation.name": "process",
      ...(record && { "messaging.destination.partition.id": String(record.partition), "messaging.kafka.offset": record.offset }),
      "messaging.consumer.group.name": group,
      "cloudevents.event_type": `${topic}.${event.type}`,
    },
  };
};
