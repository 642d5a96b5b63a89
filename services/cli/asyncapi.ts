import { type Contract, groupOf, topicOf } from "../../events/index.ts";
import { graphOf } from "../../events/map/index.ts";
import { deprecated } from "../../schemas/generated/deprecated.ts";
import type { ReleasedSchema } from "../../schemas/generated/schemas.ts";
import type { AnyService } from "../chassis/service.ts";

type Described = { readonly doc?: string };

/** Version 1.9 of Avro's specification is the newest that the registry of formats names; the schemas use nothing newer. */
const AVRO = "application/vnd.apache.avro+json;version=1.9.0";
const BINDING = { bindingVersion: "0.5.0" };

/** Headers of every event, as a consumer gets them. */
const headers = {
  type: "object",
  required: [
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_time",
    "ce_subject",
    "ce_sequence",
    "ce_correlationid",
    "ce_dataschema",
  ],
  properties: Object.fromEntries(
    Object.entries({
      ce_specversion: "The version of CloudEvents, 1.0.",
      ce_id: "Names the event, `cluster/cl-x7@12`; a repeated record has the same id.",
      ce_source: "The service that announces it.",
      ce_type: "The kind of the event, `pitrix.cluster.ClusterStopped`.",
      ce_time: "When it was decided, in RFC 3339.",
      ce_subject: "The stream, which is also the key of the record.",
      ce_sequence: "The version of the stream, with leading zeros.",
      ce_correlationid: "The request at the beginning of everything.",
      ce_causationid: "The event that caused it.",
      ce_actionid: "The job that it belongs to.",
      ce_dataschema: "The URL of its schema.",
      ce_row: "The operation or the reaction that decided it.",
      ce_actor: "The id of the user who caused it.",
      ce_ownerpath: "The path of groups to that user.",
      ce_hops: "The number of reactions since the request.",
      ce_commit: "The versions of the first and the last event that were decided together, `12-14`.",
      ce_cause: "For the service itself: what makes the decision unique. Unreadable to others, unless it follows from `ce_causationid`.",
      traceparent: "The trace that it belongs to.",
      "content-type": "application/avro",
    }).map(([name, description]) => [name, { type: "string", description }]),
  ),
};

/** The public topics of these services as an AsyncAPI document: their events, who announces and who reads them. */
export const asyncApiOf = (services: readonly AnyService[], contract: Contract, released: readonly ReleasedSchema[]): object => {
  const { arrows } = graphOf(services);
  const open = services.flatMap(({ name, aggregates }) =>
    Object.entries(aggregates).flatMap(([aggregate, row]) =>
      row.public ? [{ service: name, aggregate, topic: topicOf(contract, aggregate), events: Object.keys(row.decider.evolve).sort() }] : [],
    ),
  );
  const newest = new Map(released.map((schema) => [`${schema.aggregate}.${schema.event}`, schema]));
  const messageOf = (aggregate: string, event: string): readonly [string, object] => {
    const { schema = {}, id, version } = newest.get(`${aggregate}.${event}`) ?? {};
    const { doc }: Described = schema;
    const type = `${topicOf(contract, aggregate)}.${event}`;
    return [
      type,
      {
        ...{ name: type, title: event, ...(doc && { summary: doc }), contentType: "application/avro" },
        headers: { $ref: "#/components/schemas/headers" },
        correlationId: { location: "$message.header#/ce_correlationid" },
        payload: { schemaFormat: AVRO, schema },
        bindings: {
          kafka: {
            key: { type: "string", description: "The stream." },
            ...{ schemaIdLocation: "payload", schemaIdPayloadEncoding: "confluent", schemaLookupStrategy: "TopicRecordNameStrategy" },
            ...BINDING,
          },
        },
        ...{ "x-schema-id": id, "x-schema-version": version, "x-deprecated": deprecated[`${aggregate}.${event}`] },
      },
    ];
  };
  const channel = (topic: string) => ({ $ref: `#/channels/${topic}` });
  const messages = (topic: string, events: readonly string[]) => events.map((event) => ({ $ref: `#/channels/${topic}/messages/${event}` }));
  const operations = open.flatMap(({ service, aggregate, topic, events }) => {
    const read = arrows.filter((arrow) => arrow.aggregate === aggregate && arrow.from === service);
    const readers = [...new Set(read.map(({ to }) => to))].sort();
    return [
      [
        `${service}.announces.${aggregate}`,
        {
          action: "send",
          channel: channel(topic),
          summary: `The service ${service} announces these events.`,
          messages: messages(topic, events),
        },
      ],
      ...readers.map((reader) => {
        const mine = read.filter(({ to }) => to === reader);
        const groups = [...new Set(mine.map(({ by, row }) => (by === "reaction" ? "reactions" : row)))].sort();
        return [
          `${reader}.reads.${aggregate}`,
          {
            action: "receive",
            channel: channel(topic),
            summary: `The service ${reader} keeps or reacts to these events, in groups that begin with ${groupOf(contract, reader, "")}: ${groups.join(", ")}.`,
            messages: messages(topic, [...new Set(mine.map(({ event }) => event))].sort()),
          },
        ];
      }),
    ];
  });
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Events of Pitrix",
      version: "1.0.0",
      description: "The public topics. Every event is repeated with the same id if at all, and the events of a key are in order.",
      license: { name: "Apache 2.0" },
    },
    defaultContentType: "application/avro",
    servers: {
      kafka: {
        host: "{brokers}",
        protocol: "kafka-secure",
        description: "The operator of the platform tells the brokers, and a user that reads these topics and writes none.",
        variables: { brokers: { default: "localhost:9092", description: "`host:port` of a broker." } },
        security: [{ $ref: "#/components/securitySchemes/scram" }],
        bindings: { kafka: { schemaRegistryUrl: "http://127.0.0.1:9100", schemaRegistryVendor: "confluent", ...BINDING } },
      },
    },
    channels: Object.fromEntries(
      open.map(({ service, aggregate, topic, events }) => [
        topic,
        {
          ...{ address: topic, title: aggregate, description: `Events of ${aggregate}, which the service ${service} announces.` },
          messages: Object.fromEntries(events.map((event) => [event, { $ref: `#/components/messages/${topic}.${event}` }])),
          bindings: { kafka: { topic, ...BINDING } },
        },
      ]),
    ),
    operations: Object.fromEntries(operations),
    components: {
      messages: Object.fromEntries(open.flatMap(({ aggregate, events }) => events.map((event) => messageOf(aggregate, event)))),
      schemas: { headers },
      securitySchemes: { scram: { type: "scramSha512", description: "SASL/SCRAM-SHA-512" } },
    },
  };
};
